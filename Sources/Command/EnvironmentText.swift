import Foundation
import Tocsin

extension [String: String] {
  /// The text of a variable, or of the file that `NAME_FILE` names, without white space around it: others may see variables.
  /// Nil where there is none.
  ///
  /// - Throws: ``Failure`` with code `invalid` when both are set, or the file cannot be read.
  func text(_ name: String) throws -> String? {
    let text = nonEmpty(self[name])
    guard let path = nonEmpty(self[name + "_FILE"]) else { return text }
    if text != nil { throw Failure(.invalid, "\(name) and \(name)_FILE are both set; set one of them") }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(.invalid, "\(name)_FILE: the file \(printable(path)) cannot be read")
    }
    return nonEmpty(String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
