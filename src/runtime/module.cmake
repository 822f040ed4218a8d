if(CARILLON_PURE_ONLY)
  return()
endif()
# zlib packs what is written for later and seldom read.
find_package(ZLIB REQUIRED)
carillon_module(runtime USES base store workspace events/core metrics/core presence/core routing/core conversations/core calls/core LIBS ZLIB::ZLIB TEST_LIBS carillon_store_testing)
# testing/ speaks GoogleTest, and other modules' tests use it; without tests there is none, and nobody builds it.
if(TARGET carillon_runtime_testing)
  target_link_libraries(carillon_runtime_testing PUBLIC carillon_store_testing $<TARGET_NAME_IF_EXISTS:GTest::gtest>)
endif()
