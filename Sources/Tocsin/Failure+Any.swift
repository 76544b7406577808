import Storage

extension Failure {
  /// What a person may see of any error: our own failures as they are, the database's by its sentence, and of anything
  /// else only that something broke. The original belongs in the log, never in an answer.
  public init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as StorageError: self = Failure(error)
    default: self = Failure(.internal, "something inside Tocsin broke; the log has the details")
    }
  }

  private init(_ error: StorageError) {
    switch error.code {
    case .unreadable:
      self.init(.internal, "the database holds something that Tocsin never writes there: \(error.message)")
    case .unique, .foreignKey, .check, .other:
      self.init(.internal, "the database refused a change that Tocsin made; the log has the details")
    case .busy, .readOnly, .full, .corrupt, .notADatabase, .newer, .unfinished, .cannotOpen, .io:
      self.init(.unavailable, error.message)
    }
  }
}
