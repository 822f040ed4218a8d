// The compiled part of Asio's TLS, once for the whole program (the rest is in wire/asio_beast.cc).
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wshadow"
#endif
#include <boost/asio/ssl/impl/src.hpp>
