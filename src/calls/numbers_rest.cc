// Numbers: where calls come in, and what happens there.
#include "calls/hours.h"
#include "calls/rest.h"
#include "door/configuration.h"
#include "door/words.h"
#include "runtime/resource_render.h"

namespace carillon::calls {
namespace {

constexpr std::size_t kMaxOpenings = 4'000;

std::optional<Words> read_words(http::Fields& in, std::string_view name) {
  auto fields = in.optional_fields(name);
  if (!fields) return std::nullopt;
  Words out;
  out.prompt = fields->nullable_string("prompt", 0, 128).value.value_or("");
  out.text = fields->nullable_string("text", 0, 2'000).value.value_or("");
  return out;
}

std::optional<std::vector<Opening>> read_openings(http::Fields& in) {
  auto list = in.optional_list("openings", 0, kMaxOpenings);
  if (!list) return std::nullopt;
  std::vector<Opening> out;
  for (http::Fields& one : *list) {
    const Instant from = one.required_time("from");
    out.push_back({from, one.required_time("until")});
  }
  return out;
}

// Where its calls go: naming one place takes the place of the one before.
struct Target {
  http::Nullable<WorkflowId> workflow;
  http::Nullable<QueueId> queue;
  http::Nullable<WorkerId> worker;

  explicit Target(http::Fields& in)
      : workflow(in.nullable_sid<WorkflowId>("workflow_sid")),
        queue(in.nullable_sid<QueueId>("task_queue_sid")),
        worker(in.nullable_sid<WorkerId>("worker_sid")) {}

  void put(NumberRecord& record) const {
    const bool named = workflow.value || queue.value || worker.value;
    if (named || workflow.present) record.workflow_sid = workflow.value.value_or(WorkflowId{});
    if (named || queue.present) record.task_queue_sid = queue.value.value_or(QueueId{});
    if (named || worker.present) record.worker_sid = worker.value.value_or(WorkerId{});
  }
};

// What whoever waits may do, and what they get who cannot be served.
struct Waiting {
  http::Nullable<std::string> voicemail_key;
  std::optional<Words> key_words, max_wait_words, voicemail_words;
  std::optional<Instead> on_closed, on_full, on_unstaffed, on_max_wait;
  std::optional<std::int64_t> max_wait, voicemail_max, voicemail_min;

  explicit Waiting(http::Fields& in)
      : voicemail_key(in.nullable_string("voicemail_key", 0, 1)),
        key_words(read_words(in, "key_words")),
        max_wait_words(read_words(in, "max_wait_words")),
        voicemail_words(read_words(in, "voicemail_words")),
        on_closed(door::optional_word<Instead>(in, "on_closed")),
        on_full(door::optional_word<Instead>(in, "on_full")),
        on_unstaffed(door::optional_word<Instead>(in, "on_unstaffed")),
        on_max_wait(door::optional_word<Instead>(in, "on_max_wait")),
        max_wait(in.optional_int("max_wait_s", 0, 86'400)),
        voicemail_max(in.optional_int("voicemail_max_s", 5, 900)),
        voicemail_min(in.optional_int("voicemail_min_s", 0, 60)) {}

  void put(NumberRecord& record) const {
    if (voicemail_key.present) record.voicemail_key = voicemail_key.value.value_or("");
    if (key_words) record.key_words = *key_words;
    if (max_wait_words) record.max_wait_words = *max_wait_words;
    if (voicemail_words) record.voicemail_words = *voicemail_words;
    if (on_closed) record.on_closed = *on_closed;
    if (on_full) record.on_full = *on_full;
    if (on_unstaffed) record.on_unstaffed = *on_unstaffed;
    if (on_max_wait) record.on_max_wait = *on_max_wait;
    if (max_wait) record.max_wait = Duration::seconds(*max_wait);
    if (voicemail_max) record.voicemail_max = Duration::seconds(*voicemail_max);
    if (voicemail_min) record.voicemail_min = Duration::seconds(*voicemail_min);
  }
};

// Who must agree to what, and how long sound is kept; null days are the workspace's.
struct Privacy {
  std::optional<ConsentRule> consent;
  std::optional<Words> consent_words;
  std::optional<bool> keep_withdrawn;
  std::optional<std::int64_t> sample_percent;
  http::Nullable<std::int64_t> recordings_kept, voicemails_kept;

  explicit Privacy(http::Fields& in)
      : consent(door::optional_word<ConsentRule>(in, "consent")),
        consent_words(read_words(in, "consent_words")),
        keep_withdrawn(in.optional_bool("keep_withdrawn")),
        sample_percent(in.optional_int("sample_percent", 0, 100)),
        recordings_kept(in.nullable_int("recordings_kept_days", 0, 36'500)),
        voicemails_kept(in.nullable_int("voicemails_kept_days", 0, 36'500)) {}

  void put(NumberRecord& record) const {
    if (consent) record.consent = *consent;
    if (consent_words) record.consent_words = *consent_words;
    if (keep_withdrawn) record.keep_withdrawn = *keep_withdrawn;
    if (sample_percent) record.sample_percent = *sample_percent;
    if (recordings_kept.present) record.recordings_kept_days = recordings_kept.value.value_or(-1);
    if (voicemails_kept.present) record.voicemails_kept_days = voicemails_kept.value.value_or(-1);
  }
};

// Sent as a whole: what is not said is as at the beginning.
std::optional<CallbackSettings> read_callback(http::Fields& in) {
  auto fields = in.optional_fields("callback");
  if (!fields) return std::nullopt;
  CallbackSettings out;
  out.key = fields->nullable_string("key", 0, 1).value.value_or("");
  out.words = read_words(*fields, "words").value_or(Words{});
  out.mode = door::optional_word<CallbackMode>(*fields, "mode").value_or(out.mode);
  out.tries = fields->optional_int("tries", 1, static_cast<std::int64_t>(kMaxTries)).value_or(out.tries);
  if (const auto after = fields->optional_int("retry_after_s", 1, 86'400)) out.retry_after = Duration::seconds(*after);
  return out;
}

struct NumberKind {
  using Record = NumberRecord;
  using IdType = NumberId;
  static constexpr const char* kOne = "number";
  static constexpr const char* kMany = "numbers";
  static constexpr const char* kPlace = "/api/v1/numbers/";
  static constexpr const char* kTitle = "number";

  static const Record* find(const workspace::State& state, IdType sid) { return state.calls().number(sid); }
  static std::vector<const Record*> all(const workspace::State& state) { return state.calls().numbers(); }
  static std::string_view name(const Record& record) { return record.friendly_name; }
  static void render(std::string& out, const workspace::State& state, const Record& record) {
    runtime::render(out, state.workspace().sid, record);
  }
  static workspace::Command remove(IdType sid, std::int64_t version) { return Command{DeleteNumber{sid, version}}; }

  static door::Edit<Record> parse(http::Fields& in, bool is_new) {
    std::optional<std::string> name, address;
    name = is_new ? in.required_string("friendly_name", 1, 64) : in.optional_string("friendly_name", 1, 64);
    address = is_new ? in.required_string("address", 1, 128) : in.optional_string("address", 1, 128);
    const Target target(in);
    const auto priority = in.optional_int("priority", 0, 2'147'483'647);
    const auto greeting = read_words(in, "greeting"), closed = read_words(in, "closed_words");
    const auto nobody = read_words(in, "nobody_words"), full = read_words(in, "full_words");
    const auto music = in.nullable_string("music", 0, 128);
    const auto always_open = in.optional_bool("always_open");
    const auto openings = read_openings(in);
    const auto position = in.optional_bool("announce_position"), wait = in.optional_bool("announce_wait");
    const auto every = in.optional_int("announce_every_s", 15, 3600);
    const auto refuse_anonymous = in.optional_bool("refuse_anonymous");
    const auto blocked = in.optional_strings("blocked", 0, 1'000, {.min = 1, .max = 128});
    const auto unstaffed = in.optional_bool("turn_away_unstaffed");
    const auto recording = door::optional_word<RecordingPolicy>(in, "recording");
    const auto trunks = in.optional_strings("trunks", 0, 16, {.min = 1, .max = 64});
    const Waiting waiting(in);
    const Privacy privacy(in);
    const auto zip_tone = in.optional_bool("zip_tone"), tell_queue = in.optional_bool("tell_queue");
    const auto callback = read_callback(in);
    const auto hours = read_hours(in);
    if (hours.present && openings) {
      in.fault("openings", ErrorCode::kInvalidValue, "found openings beside hours", "one of them");
    }
    return [=](const runtime::View&, Record record) -> Result<workspace::Command> {
      if (name) record.friendly_name = *name;
      if (address) record.address = *address;
      target.put(record);
      if (priority) record.priority = *priority;
      if (greeting) record.greeting = *greeting;
      if (closed) record.closed_words = *closed;
      if (nobody) record.nobody_words = *nobody;
      if (full) record.full_words = *full;
      if (music.present) record.music = music.value.value_or("");
      if (always_open) record.always_open = *always_open;
      if (openings) record.openings = *openings, record.hours = {};
      if (hours.present) record.hours = hours.text;
      if (hours.made) record.openings = *hours.made, record.always_open = always_open.value_or(false);
      if (position) record.announce_position = *position;
      if (wait) record.announce_wait = *wait;
      if (every) record.announce_every = Duration::seconds(*every);
      if (refuse_anonymous) record.refuse_anonymous = *refuse_anonymous;
      if (blocked) record.blocked = *blocked;
      if (unstaffed) record.turn_away_unstaffed = *unstaffed;
      if (recording) record.recording = *recording;
      if (trunks) record.trunks = *trunks;
      waiting.put(record);
      privacy.put(record);
      if (zip_tone) record.zip_tone = *zip_tone;
      if (tell_queue) record.tell_queue = *tell_queue;
      if (callback) record.callback = *callback;
      return workspace::Command(Command{PutNumber{std::move(record)}});
    };
  }
};

}  // namespace

void add_number_routes(door::Api& api) { door::add_configuration<NumberKind>(api); }

}  // namespace carillon::calls
