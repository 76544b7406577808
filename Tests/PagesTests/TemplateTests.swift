import Foundation
import Testing

@testable import Pages

@Suite struct TemplateTests {
  private static let templates = Template.files.map { ($0.key, String(decoding: $0.value, as: UTF8.self)) }

  @Test(arguments: templates)
  func `Every field that people fill in has a label`(_ name: String, _ template: String) {
    for match in template.matches(of: /<(?:input|select|textarea)\s[^>]*?id="([^"]+)"[^>]*>/) {
      if match.0.contains("type=\"hidden\"") || match.0.contains("aria-label") { continue }
      #expect(template.contains("for=\"\(match.1)\""), "\(name): \(match.1)")
    }
    for match in template.matches(of: /<(?:input|select|textarea)\s[^>]*>/) where !match.0.hasSuffix(" hidden>") {
      let isNamed = match.0.contains(" id=") || match.0.contains("aria-label") || match.0.contains("type=\"hidden\"")
      #expect(
        isNamed || match.0.contains("type=\"checkbox\"") || match.0.contains("type=\"radio\""), "\(name): \(match.0)")
    }
  }

  @Test(arguments: ["sign_in", "code", "set_up"])
  func `A password manager is told what each field is`(_ name: String) throws {
    let template = String(decoding: try #require(Template.files[name]), as: UTF8.self)
    for match in template.matches(of: /<input id="(\w+)"[^>]*>/) {
      #expect(match.0.contains("autocomplete="), "\(match.1)")
    }
  }

  /// Failure: the page's policy (CSP) blocks what a template relies on, or somebody weakens it.
  @Test(arguments: templates)
  func `No template holds script or style of its own, nor anything from elsewhere`(_ name: String, _ template: String) {
    for pattern in [#"\sstyle="#, #"\son\w+="#, "<style", #"<script(?! src="\{\{)"#, #"(?:src|href)="(?:https?:)?//"#] {
      #expect(template.firstMatch(of: try! Regex(pattern)) == nil, "\(name): \(pattern)")
    }
  }

  /// Failure: a part that nobody has registered is left out, without a word.
  @Test(arguments: templates)
  func `Every part that a template takes in is there`(_ name: String, _ template: String) {
    for part in template.matches(of: /\{\{[<>] ?(\w+)\}\}/) {
      #expect(Template.files[String(part.1)] != nil, "\(name): \(part.1)")
    }
  }

  /// Failure: a value stands where it is not escaped enough.
  @Test(arguments: templates)
  func `Values in tags stand between double quotes`(_ name: String, _ template: String) {
    for tag in template.replacing("{{<", with: "{{").matches(of: /<[a-z](?:[^<>"]|"[^"]*")*>/) {
      let bare = String(tag.0).replacing(/"[^"]*"/, with: "")
      for value in bare.matches(of: /\{\{([^}#\/^]+)\}\}/) {
        Issue.record("\(name): {{\(value.1)}} stands bare in \(tag.0)")
      }
    }
  }

  @Test(arguments: templates)
  func `Every form that changes something brings the session's token along`(_ name: String, _ template: String) {
    for form in template.matches(of: /(?s)<form[^>]*method="post"[^>]*>(.*?)<\/form>/) {
      let isBeforeSession = ["sign_in", "code", "set_up"].contains(name)
      #expect(isBeforeSession || form.1.contains("{{> csrf}}"), "\(name): \(form.0.prefix(120))")
    }
  }
}
