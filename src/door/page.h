// A page of a list: what a list operation does once its query is read.
//
// Thread: rows are read on the pool. Errors: kStore.
// Example:
//   door::answer_page(std::move(call), *std::move(list), [](const store::Row& row) { return std::pair(at_of(row).us, row.str(0)); },
//                     [](std::string& out, const door::Call& held, const store::Row& row) { render(out, held.workspace(), row); });
#pragma once

#include <string>
#include <utility>

#include "door/configuration.h"

namespace carillon::door {

// `key` gives of a row what the list is ordered by: a time and a sid. `render` appends a row's JSON.
template <class Key, class Render>
void answer_page(Call call, ListSql list, Key key, Render render) {
  read(std::move(call),
       [list = std::move(list), key, render](store::Reader& reader, const Call& held) -> Result<http::Response> {
         auto rows = reader.query(list.sql(), list.params());
         if (!rows) return rows.error();
         PageWriter page(list);
         for (const store::Row row : *rows) {
           const auto [at, sid] = key(row);
           if (!page.add(at, sid, [&](std::string& out) { render(out, held, row); })) break;
         }
         return page.finish();
       });
}

}  // namespace carillon::door
