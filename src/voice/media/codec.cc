#include "voice/media/codec.h"

// clang-format off
#include <opus/opus.h>
#include <spandsp/telephony.h>
#include <spandsp/plc.h>  // needs the one before
#include <speex/speex_resampler.h>
// clang-format on

#include <algorithm>

#include "base/check.h"
#include "voice/media/g711.h"

namespace carillon::media {
namespace {

g711::Law law_of(Codec codec) { return codec == Codec::kPcmu ? g711::Law::kMu : g711::Law::kA; }

class G711Decoder final : public Decoder {
 public:
  explicit G711Decoder(Codec codec) : law_(law_of(codec)), concealment_(plc_init(nullptr)) {
    CARILLON_CHECK(concealment_);
  }
  ~G711Decoder() override { plc_free(concealment_); }
  G711Decoder(const G711Decoder&) = delete;
  G711Decoder& operator=(const G711Decoder&) = delete;

  int rate() const override { return 8000; }
  std::size_t decode(std::span<const std::uint8_t> payload, MutableSamples out) override {
    const std::size_t n = std::min({payload.size(), out.size(), std::size_t{960}});
    g711::decode(law_, payload.first(n), out);
    plc_rx(concealment_, out.data(), static_cast<int>(n));
    return n;
  }
  void conceal(MutableSamples out) override { plc_fillin(concealment_, out.data(), static_cast<int>(out.size())); }

 private:
  g711::Law law_;
  plc_state_t* concealment_;
};

class G711Encoder final : public Encoder {
 public:
  explicit G711Encoder(Codec codec) : law_(law_of(codec)) {}
  int rate() const override { return 8000; }
  std::size_t encode(Samples frame, std::span<std::uint8_t> out) override {
    g711::encode(law_, frame, out);
    return frame.size();
  }

 private:
  g711::Law law_;
};

struct FreeOpus {
  void operator()(OpusDecoder* p) const { opus_decoder_destroy(p); }
  void operator()(OpusEncoder* p) const { opus_encoder_destroy(p); }
};

class OpusReader final : public Decoder {
 public:
  explicit OpusReader(int rate) : rate_(rate) {
    int error = 0;
    opus_.reset(opus_decoder_create(rate, 1, &error));
    CARILLON_CHECK(opus_ && error == OPUS_OK);
  }
  int rate() const override { return rate_; }
  std::size_t decode(std::span<const std::uint8_t> payload, MutableSamples out) override {
    const int n = payload.empty() ? -1
                                  : opus_decode(opus_.get(), payload.data(), static_cast<opus_int32>(payload.size()),
                                                out.data(), static_cast<int>(out.size()), 0);
    if (n > 0) return static_cast<std::size_t>(n);
    const std::size_t frame = static_cast<std::size_t>(rate_) / 50;
    conceal(out.first(frame));
    return frame;
  }
  void conceal(MutableSamples out) override {
    const int n = opus_decode(opus_.get(), nullptr, 0, out.data(), static_cast<int>(out.size()), 0);
    if (n < static_cast<int>(out.size())) std::fill(out.begin() + std::max(n, 0), out.end(), std::int16_t{0});
  }

 private:
  int rate_;
  std::unique_ptr<OpusDecoder, FreeOpus> opus_;
};

class OpusWriter final : public Encoder {
 public:
  explicit OpusWriter(int rate) : rate_(rate) {
    int error = 0;
    opus_.reset(opus_encoder_create(rate, 1, OPUS_APPLICATION_VOIP, &error));
    CARILLON_CHECK(opus_ && error == OPUS_OK);
    // Encoding is what limits calls per core; complexity 1 is a third of 5 and hard to tell at these rates.
    opus_encoder_ctl(opus_.get(), OPUS_SET_COMPLEXITY(1));
    opus_encoder_ctl(opus_.get(), OPUS_SET_BITRATE(rate <= 8000 ? 16000 : 24000));
    opus_encoder_ctl(opus_.get(), OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
    opus_encoder_ctl(opus_.get(), OPUS_SET_INBAND_FEC(1));
    opus_encoder_ctl(opus_.get(), OPUS_SET_PACKET_LOSS_PERC(5));
  }
  int rate() const override { return rate_; }
  std::size_t encode(Samples frame, std::span<std::uint8_t> out) override {
    const int n = opus_encode(opus_.get(), frame.data(), static_cast<int>(frame.size()), out.data(),
                              static_cast<opus_int32>(out.size()));
    return n > 0 ? static_cast<std::size_t>(n) : 0;
  }

 private:
  int rate_;
  std::unique_ptr<OpusEncoder, FreeOpus> opus_;
};

}  // namespace

std::unique_ptr<Decoder> make_decoder(Codec codec, int rate) {
  if (is_g711(codec)) return std::make_unique<G711Decoder>(codec);
  return std::make_unique<OpusReader>(rate);
}

std::unique_ptr<Encoder> make_encoder(Codec codec, int rate) {
  if (is_g711(codec)) return std::make_unique<G711Encoder>(codec);
  return std::make_unique<OpusWriter>(rate);
}

Resampler::Resampler(int from, int to) {
  int error = 0;
  state_ = speex_resampler_init(1, static_cast<spx_uint32_t>(from), static_cast<spx_uint32_t>(to), 3, &error);
  CARILLON_CHECK(state_ && error == RESAMPLER_ERR_SUCCESS);
}

Resampler::~Resampler() { speex_resampler_destroy(static_cast<SpeexResamplerState*>(state_)); }

std::size_t Resampler::run(Samples in, MutableSamples out) {
  auto taken = static_cast<spx_uint32_t>(in.size()), made = static_cast<spx_uint32_t>(out.size());
  speex_resampler_process_int(static_cast<SpeexResamplerState*>(state_), 0, in.data(), &taken, out.data(), &made);
  return made;
}

}  // namespace carillon::media
