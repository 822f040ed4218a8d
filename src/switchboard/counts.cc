#include "switchboard/counts.h"

#include <string_view>

namespace carillon::switchboard {

namespace {

class Page {
 public:
  void counter(std::string_view name, std::string_view help, std::uint64_t value) { add(name, "counter", help, value); }
  void gauge(std::string_view name, std::string_view help, std::uint64_t value) { add(name, "gauge", help, value); }
  std::string take() { return std::move(out_); }

 private:
  void add(std::string_view name, std::string_view type, std::string_view help, std::uint64_t value) {
    const std::string full = "carillon_" + std::string(name);
    ((out_ += "# HELP " + full + " ") += help) += "\n# TYPE " + full + " ";
    (out_ += type) += "\n" + full + " " + std::to_string(value) + "\n";
  }
  std::string out_;
};

void signalling(Page& page, const voice::net::HostCounts& sip) {
  page.counter("sip_datagrams_received_total", "SIP datagrams received", sip.datagrams_in);
  page.counter("sip_datagrams_sent_total", "SIP datagrams sent", sip.datagrams_out);
  page.counter("sip_datagrams_dropped_total", "SIP datagrams that the system did not take", sip.datagrams_dropped);
  page.gauge("sip_connections_open", "SIP connections that are open", sip.connections);
  page.counter("sip_connections_refused_total", "SIP connections turned away by a limit", sip.connections_refused);
  page.counter("sip_lookups_total", "Questions to DNS", sip.lookups);
  page.gauge("sip_mailbox_depth", "Works waiting for the thread of signalling", sip.works_waiting);
  page.counter("sip_calls_total", "Calls that came in and were let in", sip.stack.calls_in);
  page.counter("sip_calls_busy_total", "Calls answered 503 because there is too much to do", sip.stack.calls_busy);
  page.counter("sip_strangers_refused_total", "Requests of strangers answered 403 or 401", sip.stack.strangers_refused);
  page.counter("sip_strangers_dropped_total", "Messages of strangers that were not looked at",
               sip.stack.strangers_unheard);
  page.counter("sip_sources_blocked_total", "Addresses silenced for wrong passwords", sip.stack.sources_blocked);
}

void sound(Page& page, const media::Engine::Counts& sound) {
  page.counter("media_packets_received_total", "RTP packets received", sound.packets_in);
  page.counter("media_packets_sent_total", "RTP packets sent", sound.packets_out);
  page.counter("media_packets_refused_total", "RTP packets from somebody else than the peer", sound.refused);
  page.counter("media_late_steps_total", "Steps of 20 ms that the media thread was late for", sound.late_steps);
  page.counter("media_recording_dropped_total", "Pieces of recordings lost because the disk was too slow",
               sound.recording_dropped);
  page.gauge("media_legs", "Telephones and browsers with sound", sound.legs);
  page.gauge("media_ports", "RTP port pairs in use", sound.ports);
  page.gauge("media_recordings", "Recordings being made", sound.recordings);
  page.gauge("media_mailbox_depth", "Commands waiting for the media thread", sound.mailbox_depth);
}

}  // namespace

std::string to_prometheus(const Counts& counts) {
  Page page;
  signalling(page, counts.sip);
  sound(page, counts.sound);
  page.gauge("voice_lines", "Telephones that are calling or called", counts.lines);
  page.gauge("voice_calls", "Calls that are live", counts.calls);
  page.gauge("voice_phones", "Browsers' phones that are connected", counts.phones);
  page.gauge("voice_commands_waiting", "Commands of telephones that workspaces have not answered",
             counts.commands_waiting);
  page.gauge("voice_overloaded", "1 while new calls are refused with 503", counts.overloaded ? 1 : 0);
  page.counter("voice_overloads_total", "How often new calls began to be refused", counts.overloads);
  page.counter("voice_silent_ends_total", "Calls ended because the peer sent no sound any more", counts.silent_ends);
  page.counter("evidence_kept_total", "Calls whose evidence was written", counts.evidence.kept);
  page.counter("evidence_lost_total", "Calls whose evidence could not be written", counts.evidence.lost);
  page.gauge("evidence_waiting", "Calls whose evidence waits for the disk", counts.evidence.waiting);
  return page.take();
}

}  // namespace carillon::switchboard
