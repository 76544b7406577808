import Foundation
import Tocsin

/// A file as migration leaves it. To migrate one takes a tenth of a second, to copy it next to nothing.
enum SQLiteTemplate {
  /// The file, and the log beside it, by how their names end.
  private static let made = Task {
    let folder = Scratch()
    let path = folder.file("template.db")
    let database = try DatabasePlace(path).open()
    _ = try await Migrations.migrator.migrate(database)
    // While it is open and nobody writes, the two go together.
    return try withExtendedLifetime(database) {
      try ["", "-wal"].map { (end: $0, bytes: try Data(contentsOf: URL(fileURLWithPath: path + $0))) }
    }
  }

  static func copy(to path: String) async throws {
    for (end, bytes) in try await made.value { try bytes.write(to: URL(fileURLWithPath: path + end)) }
  }
}
