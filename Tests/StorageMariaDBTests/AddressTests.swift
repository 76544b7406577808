import Storage
import StorageMariaDB
import Testing

@Suite struct AddressTests {
  @Test func `an address has user, password, hosts, database and options`() throws {
    let address = try MariaDBAddress(
      "mariadb://ada:p%40ss%3A%2F@db1,db2:3307,[::1]:3308/tocsin?tls=required&ca=/etc/ca%20file.pem")
    #expect(address.user == "ada" && address.password == "p@ss:/" && address.database == "tocsin")
    #expect(address.hosts.map(\.description) == ["db1:3306", "db2:3307", "[::1]:3308"])
    #expect(address.tls == .required && address.ca == "/etc/ca file.pem")
  }

  @Test func `a ca alone asks for TLS`() throws {
    #expect(try MariaDBAddress("mariadb://ada@db/tocsin?ca=/ca.pem").tls == .required)
    #expect(try MariaDBAddress("mariadb://ada@db/tocsin").tls == .off)
  }

  @Test func `what it prints has no password`() throws {
    let address = try MariaDBAddress("mariadb://ada:hunter2@db/tocsin?tls=unverified")
    #expect("\(address)" == "mariadb://ada@db:3306/tocsin")
  }

  @Test(arguments: [
    "mariadb:tocsin", "mariadb://hunter2@/tocsin", "mariadb://db/tocsin", "mariadb://:hunter2@db/tocsin",
    "mariadb://ada:hunter2@db", "mariadb://ada:hunter2@db/", "mariadb://ada:hunter2@db:0/tocsin",
    "mariadb://ada:hunter2@db:x/tocsin", "mariadb://ada:hunter2@db,/tocsin", "mariadb://ada:hunter2@db/a/b",
    "mariadb://ada:hunter2%ZZ@db/tocsin", "mariadb://ada:hunter2@db/tocsin?tls=maybe",
    "mariadb://ada:hunter2@db/tocsin?speed=high", "mariadb://ada:hunter2@db/tocsin?tls=",
    "mariadb://ada:hunter2@db/tocsin?tls=required&key=/k.pem", "mariadb://ada:hunter2@db/tocsin?tls=off&ca=/c.pem",
    "mariadb://ada:hunter2@[::1/tocsin",
  ])
  func `a wrong address is refused, without its password`(_ text: String) {
    let error = #expect(throws: StorageError.self) { _ = try MariaDBAddress(text) }
    #expect(error?.code == .cannotOpen)
    #expect(error?.message.contains("hunter2") == false)
  }
}
