find_package(PkgConfig REQUIRED)
carillon_module(base)
