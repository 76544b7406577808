import Foundation
import TestSupport

/// A piece of code in the user's own documentation, of which `Seeds/` has copies. `seed_blocks.py` finds them, and says by
/// which rules.
struct SeedBlock: Codable, Sendable {
  enum Kind: String, Codable {
    case python, shell, sql
  }

  /// Where it begins in the text.
  let line: Int
  let kind: Kind
  let code: String
  /// What came of it, once it has run.
  var output: String?
  var status: Int?
  var error: String?

  /// The blocks of a seed, in order.
  static func all(of seed: String) throws -> [SeedBlock] {
    let text = try Repository.text("Tests/SmokeTests/Seeds/\(seed).txt")
    return try JSONDecoder().decode([SeedBlock].self, from: PythonVenv.run("seed_blocks.py", input: Data(text.utf8)))
  }
}
