/** For `./madoguchi coverage`: processes that a test starts count their lines; the test's own process does not, and stays quick. */
process.env.NODE_V8_COVERAGE = process.env.MADOGUCHI_CHILD_COVERAGE;
