import Storage

/// Puts a row into the table `item (Id, Name)`.
public func insert(_ name: String) -> @Sendable (any Transaction) throws -> Void {
  { try $0.execute("INSERT INTO item (Name) VALUES (?)", [.text(name)]) }
}

/// What `body` was refused with, or nil.
public func refusal(_ body: () async throws -> Void) async -> StorageError? {
  do {
    try await body()
    return nil
  } catch let error as StorageError {
    return error
  } catch {
    return StorageError(.other, "not a StorageError: \(error)")
  }
}

extension Database {
  /// Writes what has no answer.
  public func change<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws {
    _ = try await write(body)
  }
}
