#include "voice/prompts/announcement.h"

#include <array>

namespace carillon::prompts {
namespace {

constexpr int kMost = 999;

// '#' stands for the number.
struct Phrases {
  std::string_view language, next, place, wait_less, wait_one, wait, thanks;
};
constexpr std::array kPhrases = {
    Phrases{"en", "You are next in line.", "You are number # in line.", "The expected wait is less than one minute.",
            "The expected wait is about one minute.", "The expected wait is about # minutes.",
            "Thank you for your patience."},
    Phrases{"de", "Sie sind als Nächstes an der Reihe.", "Sie sind Nummer # in der Warteschlange.",
            "Die Wartezeit beträgt voraussichtlich weniger als eine Minute.",
            "Die Wartezeit beträgt voraussichtlich etwa eine Minute.",
            "Die Wartezeit beträgt voraussichtlich etwa # Minuten.", "Vielen Dank für Ihre Geduld."},
    Phrases{"es", "Usted es el siguiente.", "Usted es el número # en la cola.",
            "El tiempo de espera previsto es de menos de un minuto.",
            "El tiempo de espera previsto es de aproximadamente un minuto.",
            "El tiempo de espera previsto es de aproximadamente # minutos.", "Gracias por su paciencia."},
    Phrases{"fr", "Vous êtes le prochain.", "Vous êtes numéro # dans la file d'attente.",
            "L'attente prévue est de moins d'une minute.", "L'attente prévue est d'environ une minute.",
            "L'attente prévue est d'environ # minutes.", "Merci de votre patience."},
    Phrases{"it", "Lei è il prossimo.", "Lei è il numero # in coda.", "L'attesa prevista è di meno di un minuto.",
            "L'attesa prevista è di circa un minuto.", "L'attesa prevista è di circa # minuti.",
            "Grazie per la pazienza."},
    Phrases{"pt", "Você é o próximo.", "Você é o número # na fila.", "A espera prevista é de menos de um minuto.",
            "A espera prevista é de cerca de um minuto.", "A espera prevista é de cerca de # minutos.",
            "Obrigado pela sua paciência."},
};

const Phrases* phrases_of(std::string_view language) {
  const std::string_view primary = language.substr(0, language.find_first_of("-_"));
  for (const Phrases& phrases : kPhrases) {
    if (phrases.language == primary) return &phrases;
  }
  return nullptr;
}

bool says_place(const Standing& standing) { return standing.place >= 1 && standing.place <= kMost; }

void append(std::string& out, std::string_view phrase, int number) {
  if (!out.empty()) out += ' ';
  const std::size_t at = phrase.find('#');
  out += phrase.substr(0, at);
  if (at != std::string_view::npos) (out += std::to_string(number)) += phrase.substr(at + 1);
}

}  // namespace

std::optional<int> minutes_of(const Standing& standing) {
  if (!standing.expected_wait || standing.expected_wait->us < 0) return std::nullopt;
  const std::int64_t us = standing.expected_wait->us, minute = Duration::minutes(1).us;
  if (us > kMost * minute) return std::nullopt;
  return us < minute ? 0 : static_cast<int>((us + minute - 1) / minute);
}

std::vector<std::string> number_pieces(int number) {
  std::vector<std::string> out;
  if (number < 1 || number > kMost) return out;
  const auto digit = [&](int n) { out.push_back("digits/" + std::to_string(n)); };
  if (number >= 100) {
    digit(number / 100);
    out.emplace_back("digits/hundred");
    number %= 100;
  }
  if (number > 20) {
    digit(number / 10 * 10);
    number %= 10;
  }
  if (number > 0) digit(number);
  return out;
}

std::vector<std::string> pieces_of(const Standing& standing) {
  std::vector<std::string> out;
  const auto number = [&](int n) {
    for (std::string& piece : number_pieces(n)) out.push_back(std::move(piece));
  };
  if (says_place(standing) && standing.place == 1) {
    out.emplace_back("queue-youarenext");
  } else if (says_place(standing)) {
    out.emplace_back("queue-thereare");
    number(standing.place);
    out.emplace_back("queue-callswaiting");
  }
  if (const auto minutes = minutes_of(standing)) {
    out.emplace_back("queue-holdtime");
    if (*minutes == 0) out.emplace_back("queue-less-than");
    number(std::max(*minutes, 1));
    out.emplace_back(*minutes <= 1 ? "queue-minute" : "queue-minutes");
  }
  if (!out.empty()) out.emplace_back("queue-thankyou");
  return out;
}

SpokenText text_of(const Standing& standing, std::string_view language) {
  const Phrases* phrases = phrases_of(language);
  SpokenText out{"", phrases ? std::string(language) : "en"};
  if (phrases == nullptr) phrases = &kPhrases[0];
  if (says_place(standing)) append(out.text, standing.place == 1 ? phrases->next : phrases->place, standing.place);
  if (const auto minutes = minutes_of(standing)) {
    append(out.text, *minutes == 0 ? phrases->wait_less : *minutes == 1 ? phrases->wait_one : phrases->wait, *minutes);
  }
  if (!out.text.empty()) append(out.text, phrases->thanks, 0);
  return out;
}

}  // namespace carillon::prompts
