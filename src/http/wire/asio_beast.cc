// The compiled parts of Asio and Beast, once for the whole program (see BOOST_ASIO_SEPARATE_COMPILATION).
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wshadow"
#else
#pragma GCC diagnostic ignored "-Wshadow"
#endif
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
