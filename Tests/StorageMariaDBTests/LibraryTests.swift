import CMariaDB
import Testing

@Suite struct LibraryTests {
  @Test func `a machine without libmariadb is told what to install, and may try again`() {
    let missing = cmariadb_load("libmariadb-that-is-not-there.so.3").map { String(cString: $0) }
    #expect(missing?.contains("apt-get install libmariadb3") == true)
    let other = cmariadb_load("libc.so.6").map { String(cString: $0) }
    // Loaded by another test already, a second name changes nothing.
    #expect(other == nil || other?.contains("damaged or too old") == true)
    #expect(cmariadb_load("libmariadb.so.3") == nil)
  }
}
