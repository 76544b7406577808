import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Command

@Suite struct EnvironmentTextTests {
  private let scratch = Scratch()

  @Test func `a text is that of its variable, or of the file that is named, without its line's end`() throws {
    let file = try scratch.write("token", " secret\n\n")
    #expect(try ["TOCSIN_TOKEN": "secret"].text("TOCSIN_TOKEN") == "secret")
    #expect(try ["TOCSIN_TOKEN": "", "TOCSIN_TOKEN_FILE": file].text("TOCSIN_TOKEN") == "secret")
    #expect(try ["TOCSIN_TOKEN": "", "TOCSIN_TOKEN_FILE": ""].text("TOCSIN_TOKEN") == nil)
    #expect(try [:].text("TOCSIN_TOKEN") == nil)
  }

  /// Failure: one of two addresses is taken silently, and it is the wrong one.
  @Test func `both at once, and a file that cannot be read, are refused without showing the secret`() throws {
    let file = try scratch.write("url", "mariadb://u:hidden@h/d")
    for environment in [
      ["TOCSIN_COPY_TO": "mariadb://u:hidden@h/d", "TOCSIN_COPY_TO_FILE": file],
      ["TOCSIN_COPY_TO_FILE": scratch.file("none")],
    ] {
      let failure = try #require(throws: Failure.self) { try environment.text("TOCSIN_COPY_TO") }
      #expect(failure.code == .invalid && failure.message.contains("TOCSIN_COPY_TO_FILE"))
      #expect(!failure.message.contains("hidden"))
    }
  }
}
