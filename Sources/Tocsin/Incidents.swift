import Foundation
import Storage

/// Everything one can do with incidents: the library's front door.
///
/// Its calls live beside their noun, one file each: `Incident/Incident+Close.swift` closes an incident. Wherever a call
/// takes an `id`, that is an incident's guid, a prefix of it of six or more characters that fits one incident only, or
/// the short reference (`REF-…`) of any of its messages.
///
/// ```swift
/// let incidents = try await Incidents.open("tocsin.db")
/// let incident = try await incidents.create(title: "Database down", severity: .critical, package: "DATABASE")
/// try await incidents.updateStatus(incident.incidentGuid, to: .investigating, by: "dba1")
/// ```
public struct Incidents: Sendable {
  public private(set) var database: any Database
  /// The configured channels, by name.
  public let channels: [String: any Channel]
  public let settings: Settings
  /// Tells the dispatcher of this process that a message was committed.
  let outboxBell = Bell()
  /// What this process is handing over.
  let underWay = UnderWay()
  let requestsUnderWay = RequestsUnderWay()
  /// The silences that there are.
  let silenceBook = SilenceBook()
  /// Where passwords are hashed.
  let passwordWork = PasswordWork()
  /// Notes when tokens and sessions were used.
  let lastUse = LastUse()

  /// Where it is looked up who asks.
  let lookups: SharedReads

  /// Knows whether this program is still new enough; nil where nobody looks.
  private(set) var schemaGuard: SchemaGuard?
  /// Whether a newer program has changed the database into something that this one may not work on.
  public var isTooOld: Bool { schemaGuard?.refusal != nil }

  var keyFile: KeyFile? { settings.keyFile.map { KeyFile(path: $0) } }
  /// Every timeline event as it commits.
  public let timelineFeed: TimelineFeed

  /// What an operator may set.
  public struct Settings: Sendable {
    /// Where people reach this Tocsin, without a trailing slash; nil leaves links out of messages.
    public var publicURL: String?
    /// Who gets every mailed report.
    public var reportRecipients: [String] = []
    /// What to do with an alert; the first rule that matches decides.
    public var alertRules: [AlertRule] = []
    /// How foreign JSON tells of alerts, by the name in its route `/in/json/{mapping}`.
    public var jsonMappings: [String: JSONMapping] = [:]
    /// How Grafana signs what it sends; nil when it does not.
    public var grafanaSignature: GrafanaSignature?
    /// What a new password's hash costs: N of scrypt, a power of two, 128 MiB and a good part of a second by default
    /// (OWASP Password Storage). A user's next login brings theirs to it.
    public var passwordRounds = 1 << 17
    /// The file with the key to the secrets in the database, made on demand; nil for none. By default it lies beside the
    /// SQLite file: `tocsin.db.key`. On MariaDB there is no default, and all servers need the same key.
    public var keyFile: String?

    public init() {}
  }

  /// - Parameters:
  ///   - database: a migrated database; ``open(_:channels:settings:ambience:)`` migrates by itself.
  ///   - channels: the configured channels; a message for any other is FAILED at once.
  public init(database: any Database, channels: [any Channel] = [], settings: Settings = Settings()) {
    let timelineBell = Bell()
    self.database = AnnouncingDatabase(base: database, bell: timelineBell)
    timelineFeed = TimelineFeed(self.database, timelineBell)
    lookups = SharedReads(self.database)
    self.channels = Dictionary(channels.map { (type(of: $0).about.name, $0) }, uniquingKeysWith: { $1 })
    self.settings = settings
  }

  /// The same, on a database that stands before this one's.
  func on(_ database: any Database) -> Incidents {
    var incidents = self
    incidents.database = database
    return incidents
  }

  /// Opens an SQLite file, creating it when missing, or a database on MariaDB, and brings it to the newest schema.
  ///
  /// - Parameter place: a path, or what ``DatabasePlace`` reads.
  /// - Throws: ``StorageError`` that says in one sentence why the database cannot be used.
  public static func open(
    _ place: String, channels: [any Channel] = [], settings: Settings = Settings(), ambience: Ambience = Ambience()
  ) async throws -> Incidents {
    try await open(DatabasePlace(place), channels: channels, settings: settings, ambience: ambience)
  }

  /// The same, of a place that was read before.
  public static func open(
    _ place: DatabasePlace, channels: [any Channel] = [], settings: Settings = Settings(),
    ambience: Ambience = Ambience()
  ) async throws -> Incidents {
    let schemaGuard = SchemaGuard(Migrations.migrator)
    let database = try place.open(ambience: ambience, schemaGuard: schemaGuard)
    _ = try await Migrations.migrator.migrate(database)
    schemaGuard.arm()
    var settings = settings
    if let file = database as? SQLiteDatabase { settings.keyFile = settings.keyFile ?? file.path + ".key" }
    var incidents = Incidents(database: database, channels: channels, settings: settings)
    incidents.schemaGuard = schemaGuard
    return incidents
  }
}
