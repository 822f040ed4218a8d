// The C face of a MemoryDisk: the functions SQLite calls (https://www.sqlite.org/c3ref/vfs.html).
#pragma once

struct sqlite3_vfs;

namespace carillon::store::sqlite {

class MemoryDisk;

// `name` and `disk` must outlive the registration of `vfs`.
void fill_memory_vfs(sqlite3_vfs& vfs, const char* name, MemoryDisk* disk);

}  // namespace carillon::store::sqlite
