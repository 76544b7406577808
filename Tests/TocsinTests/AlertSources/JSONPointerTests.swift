import Foundation
import Testing

@testable import Tocsin

@Suite struct JSONPointerTests {
  /// RFC 6901, section 5.
  private static let document = #"""
    {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8}
    """#

  @Test(arguments: [
    ("/foo/0", "bar"), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"), ("/e^f", "3"), ("/g|h", "4"), ("/i\\j", "5"),
    ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8"),
  ])
  func `The RFC's own examples lead where it says`(_ pointer: String, _ value: String) throws {
    let found = try JSONPointer(pointer).find(in: JSONInput(Data(Self.document.utf8)))
    #expect(found?.value.asText == value && found?.pointer == pointer)
  }

  @Test(arguments: ["/foo/2", "/foo/-", "/foo/01", "/foo/x", "/foo/0/x", "/nothing", "/foo/99999999999999999999"])
  func `What is not there is not found`(_ pointer: String) throws {
    #expect(try JSONPointer(pointer).find(in: JSONInput(Data(Self.document.utf8))) == nil)
  }

  @Test func `The empty one is the whole document`() throws {
    let input = try JSONInput(Data(Self.document.utf8))
    #expect(try JSONPointer("").find(in: input)?.value == input.value)
  }

  @Test(arguments: ["foo", "/~", "/~2", "#/foo"])
  func `What is no pointer is refused`(_ text: String) {
    #expect(throws: Failure.self) { try JSONPointer(text) }
  }
}
