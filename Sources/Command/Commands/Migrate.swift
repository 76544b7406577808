import ArgumentParser
import Storage
import Tocsin

struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Bring the database to the newest schema.",
    discussion: """
      Every other command but doctor does this by itself.

      Example:
        tocsin migrate
      """)

  @OptionGroup var common: LocalOptions

  func run() async throws {
    let place = try common.configuration().database
    let applied = try await Migrations.migrator.migrate(place.open())
    if common.json {
      return try Terminal.write(json: MigrateAnswer(schema: Migrations.migrator.newest, applied: applied))
    }
    try Terminal.write("\(place): schema \(Migrations.migrator.newest), \(applied.count) step(s) applied")
  }
}

private struct MigrateAnswer: Encodable {
  let schema: Int
  let applied: [Int]
}
