/// Why the database refused. The code is for programs, the message for the operator.
public struct StorageError: Error, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// A unique or primary key exists already. The caller knows which insert it was.
    case unique
    /// A row that another row needs is missing.
    case foreignKey
    /// A CHECK or NOT NULL constraint refused the value.
    case check
    /// Another process held the write lock for too long. Worth trying again.
    case busy
    /// The file cannot be written: permissions or a read-only disk.
    case readOnly
    /// The disk is full.
    case full
    /// The file is damaged.
    case corrupt
    /// The file is something else than a Tocsin database.
    case notADatabase
    /// The file was written by a newer Tocsin.
    case newer
    /// A copy into the database has not come to its end.
    case unfinished
    /// The file or its folder cannot be opened or created.
    case cannotOpen
    /// A read or write failed in the operating system.
    case io
    /// A column holds something that Tocsin never writes there.
    case unreadable
    /// Anything else: a fault of ours.
    case other
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
