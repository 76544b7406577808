import Storage

/// The schema's steps, in order. Add one: a new file and a line here.
public enum Migrations {
  public static let migrator = Migrator([
    .incidents, .communications, .alerts, .search, .access, .delivery, .deliveryReports, .people, .api, .intake,
    .silences, .heartbeats, .occurrences, .alertNotes, .searchFolds, .settings,
  ])
}
