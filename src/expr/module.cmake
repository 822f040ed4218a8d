carillon_module(expr USES base)
