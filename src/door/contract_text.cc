// The contract's text, put into the binary by the assembler: no copy in the source, no work at start.
#include "door/contract.h"

asm(".section .rodata\n"
    ".global carillon_openapi_begin\n"
    "carillon_openapi_begin:\n"
    ".incbin \"" CARILLON_CONTRACT
    "\"\n"
    ".global carillon_openapi_end\n"
    "carillon_openapi_end:\n"
    ".byte 0\n"
    ".text\n");

extern "C" {
extern const char carillon_openapi_begin[];
extern const char carillon_openapi_end[];
}

namespace carillon::door {

std::string_view Contract::embedded_text() {
  return {carillon_openapi_begin, static_cast<std::size_t>(carillon_openapi_end - carillon_openapi_begin)};
}

}  // namespace carillon::door
