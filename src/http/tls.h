// TLS for the server: the one place where OpenSSL is touched.
//
// What:   TLS 1.2 and 1.3, certificate chain and key from PEM files; reload() takes new files for new connections. HTTP/1.1 by ALPN.
// Errors: kConfig with OpenSSL's words and the file's name.
// Thread: any.
// Example:
//   auto tls = TlsContext::from_files("cert.pem", "key.pem");
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

struct ssl_ctx_st;

namespace carillon::http {

struct PemPair {
  std::string certificate;
  std::string key;
};

// A P-256 certificate signed by itself for these DNS names and IP addresses, for demos. Browsers warn about it.
Result<PemPair> make_self_signed(const std::vector<std::string>& hosts, Instant now,
                                 Duration lifetime = Duration::hours(24 * 365));

class TlsContext {
 public:
  static Result<std::shared_ptr<TlsContext>> from_files(std::string certificate_file, std::string key_file);
  static Result<std::shared_ptr<TlsContext>> from_pem(const PemPair& pair);
  ~TlsContext();

  // Reads the files again. On an error the old ones stay in use. For from_pem it does nothing.
  Result<void> reload();
  // The context that new connections take.
  std::shared_ptr<ssl_ctx_st> current() const;

 private:
  struct State;
  explicit TlsContext(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace carillon::http
