// carillon: the command line.
#include <termios.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>

#include "app/commands.h"
#include "app/config.h"
#include "app/log.h"
#include "app/server.h"

namespace {

using namespace carillon;

int fail(const Error& error) {
  std::fprintf(stderr, "carillon: %s\n", error.message.c_str());
  if (!error.expected.empty()) std::fprintf(stderr, "          expected: %s\n", error.expected.c_str());
  return 1;
}

// Signals are taken by this thread only, so they are blocked before any other thread begins.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

int serve(const app::Config& config) {
  const sigset_t signals = block_signals();
  app::set_log_level(config.log_level);
  auto server = app::Server::start(config);
  if (!server) return fail(server.error());
  for (const std::string& address : (*server)->addresses()) std::printf("listening on %s\n", address.c_str());
  std::fflush(stdout);
  for (;;) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (signal == SIGHUP) {
      (*server)->reload_tls();
      continue;
    }
    app::log_line(app::Level::info, "stopping: finishing what was begun");
    (*server)->stop();
    app::log_line(app::Level::info, "stopped");
    return 0;
  }
}

std::string ask_password(const char* prompt) {
  std::string out;
  if (!isatty(0)) {
    std::getline(std::cin, out);
    return out;
  }
  std::fprintf(stderr, "%s", prompt);
  termios before{};
  tcgetattr(0, &before);
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(0, TCSAFLUSH, &silent);
  std::getline(std::cin, out);
  tcsetattr(0, TCSAFLUSH, &before);
  std::fprintf(stderr, "\n");
  return out;
}

struct CommandLine {
  app::Config config;
  std::string config_file, target, source, user, display_name, workspace, time_zone = "UTC", role = "agent", check_file,
                                                                          listen;
  std::vector<std::string> listens;
  bool no_demo_traffic = false, instance_admin = false;
  std::int64_t from = 0, to = 0;
};

// The file first, then what the command line says.
Result<app::Config> final_config(const CommandLine& line) {
  app::Config config;
  if (!line.config_file.empty()) {
    if (auto read = app::read_config(line.config_file, config); !read) return read.error();
  }
  const app::Config defaults;
  const auto take = [](auto& into, const auto& given, const auto& otherwise) {
    if (given != otherwise) into = given;
  };
  take(config.data, line.config.data, defaults.data);
  take(config.database, line.config.database, defaults.database);
  take(config.tls_cert, line.config.tls_cert, defaults.tls_cert);
  take(config.tls_key, line.config.tls_key, defaults.tls_key);
  take(config.web, line.config.web, defaults.web);
  take(config.log_level, line.config.log_level, defaults.log_level);
  if (line.config.tls_self_signed) config.tls_self_signed = true;
  if (line.config.demo) config.demo = true;
  if (line.no_demo_traffic) config.demo_traffic = false;
  if (!line.listens.empty()) config.listen = line.listens;
  if (auto fine = app::check_config(config); !fine) return fine.error();
  return config;
}

int report(const Result<std::string>& done) {
  if (!done) return fail(done.error());
  if (!done->empty()) std::printf("%s\n", done->c_str());
  return 0;
}

// Every subcommand, by what it does.
struct Commands {
  CLI::App *serve, *check, *migrate, *backup, *restore, *replay, *version;
  CLI::App* workspace_add;
  CLI::App *user_add, *user_password, *user_list, *user_disable, *user_enable;
};

CLI::App* with_data(CLI::App* sub, CommandLine& line) {
  sub->add_option("--config", line.config_file, "TOML file; what the command line says goes first");
  sub->add_option("--data", line.config.data, "data directory (default ./var)");
  sub->add_option("--database", line.config.database, "postgres://... instead of the embedded store");
  return sub;
}

void define_workspaces(CLI::App& cli, CommandLine& line, Commands& out) {
  CLI::App* workspace = cli.add_subcommand("workspace", "workspaces, while no server runs on the data");
  workspace->require_subcommand(1);
  out.workspace_add = with_data(workspace->add_subcommand("add", "add an empty workspace"), line);
  out.workspace_add->add_option("NAME", line.workspace)->required();
  out.workspace_add->add_option("--time-zone", line.time_zone, "of its days: an IANA name (default UTC)");
}

void define_users(CLI::App& cli, CommandLine& line, Commands& out) {
  CLI::App* user = cli.add_subcommand("user", "people, while no server runs on the data");
  user->require_subcommand(1);
  out.user_add = with_data(
      user->add_subcommand("add", "add a user; the password is asked for, or read from standard input"), line);
  out.user_add->add_option("USERNAME", line.user)->required();
  out.user_add->add_option("--display-name", line.display_name);
  out.user_add->add_option("--workspace", line.workspace, "sid or name");
  out.user_add->add_option("--role", line.role, "agent, supervisor or admin");
  out.user_add->add_flag("--instance-admin", line.instance_admin);
  out.user_password = with_data(user->add_subcommand("password", "give a new password"), line);
  out.user_password->add_option("USERNAME", line.user)->required();
  out.user_list = with_data(user->add_subcommand("list", "list users"), line);
  out.user_disable = with_data(user->add_subcommand("disable", "end and refuse their sign-ins"), line);
  out.user_disable->add_option("USERNAME", line.user)->required();
  out.user_enable = with_data(user->add_subcommand("enable", "let them sign in again"), line);
  out.user_enable->add_option("USERNAME", line.user)->required();
}

Commands define(CLI::App& cli, CommandLine& line) {
  Commands out{};
  out.serve = with_data(cli.add_subcommand("serve", "run the server"), line);
  out.serve->add_option("--listen", line.listens, "HOST:PORT, several allowed (default 127.0.0.1:8080)");
  out.serve->add_option("--tls-cert", line.config.tls_cert, "PEM file of the certificate chain");
  out.serve->add_option("--tls-key", line.config.tls_key, "PEM file of the key");
  out.serve->add_flag("--tls-self-signed", line.config.tls_self_signed,
                      "make a certificate at start; browsers will warn");
  out.serve->add_option("--web", line.config.web, "folder of the built web");
  out.serve->add_option("--log-level", line.config.log_level, "debug, info, warning, error");
  out.serve->add_flag("--demo", line.config.demo, "a furnished center to look around in; never with real data");
  out.serve->add_flag("--no-demo-traffic", line.no_demo_traffic, "no simulated customers and agents");
  out.check = cli.add_subcommand("check-config", "read a configuration and say what is wrong with it");
  out.check->add_option("FILE", line.check_file)->required();
  out.migrate = with_data(cli.add_subcommand("migrate", "bring the database up to this version"), line);
  out.backup = with_data(cli.add_subcommand("backup", "copy database and files, also of a running server"), line);
  out.backup->add_option("TARGET", line.target, "a folder that does not exist yet")->required();
  out.restore = with_data(cli.add_subcommand("restore", "fill an empty data directory from a backup"), line);
  out.restore->add_option("BACKUP", line.source, "the folder of a backup")->required();
  out.replay = with_data(cli.add_subcommand("replay", "decide the journal anew and compare"), line);
  out.replay->add_option("--workspace", line.workspace, "sid or name; all when absent");
  out.replay->add_option("--from", line.from, "journal entry");
  out.replay->add_option("--to", line.to, "journal entry");
  define_workspaces(cli, line, out);
  define_users(cli, line, out);
  out.version = cli.add_subcommand("version", "say which version this is");
  return out;
}

int act(const Commands& asked, const CommandLine& line) {
  if (asked.version->parsed()) return std::printf("carillon %s\n", CARILLON_VERSION), 0;
  if (asked.check->parsed()) {
    app::Config config;
    auto read = app::read_config(line.check_file, config);
    if (!read) return fail(read.error());
    return std::printf("%s: fine\n", line.check_file.c_str()), 0;
  }
  auto config = final_config(line);
  if (!config) return fail(config.error());
  if (asked.serve->parsed()) return serve(*config);
  if (asked.migrate->parsed()) return report(app::migrate(*config));
  if (asked.backup->parsed()) return report(app::backup(*config, line.target));
  if (asked.restore->parsed()) return report(app::restore(*config, line.source));
  if (asked.replay->parsed()) return report(app::replay(*config, line.workspace, line.from, line.to));
  if (asked.workspace_add->parsed()) return report(app::add_workspace(*config, line.workspace, line.time_zone));
  if (asked.user_add->parsed()) {
    app::UserWish wish{line.user,      line.display_name, ask_password("password: "),
                       line.workspace, line.role,         line.instance_admin};
    return report(app::add_user(*config, wish));
  }
  if (asked.user_password->parsed())
    return report(app::set_password(*config, line.user, ask_password("new password: ")));
  if (asked.user_list->parsed()) return report(app::list_users(*config));
  if (asked.user_disable->parsed()) return report(app::set_user_disabled(*config, line.user, true));
  return report(app::set_user_disabled(*config, line.user, false));
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  CLI::App cli{"Carillon: a self-hosted omnichannel contact center"};
  cli.require_subcommand(1);
  const Commands commands = define(cli, line);
  CLI11_PARSE(cli, argc, argv);
  return act(commands, line);
}
