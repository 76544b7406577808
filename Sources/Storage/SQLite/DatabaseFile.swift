import Foundation

/// The file behind a database, before SQLite opens it.
///
/// An existing file is never opened here, only looked at: closing it would drop every lock that this process holds on it
/// (sqlite.org/howtocorrupt.html, 2.2).
struct DatabaseFile {
  /// With symbolic links followed: the lock beside it must be the same under every name.
  let path: String
  private var identity: Identity?

  private struct Identity: Equatable {
    let device: dev_t
    let number: ino_t
  }

  init(_ path: String) {
    self.path = path.isEmpty ? path : URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }

  /// Creates the file when it is missing, and refuses what can be no database.
  ///
  /// - Throws: ``StorageError`` in one sentence.
  func prepare() throws {
    guard !path.isEmpty else { throw StorageError(.cannotOpen, "the database's path is empty") }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return try create() }
    if isFolder.boolValue { throw StorageError(.cannotOpen, "\(path) is a folder, not a database file") }
    guard access(path, R_OK) == 0 else {
      throw StorageError(.cannotOpen, "cannot read \(path): check its permissions")
    }
    guard access(path, W_OK) == 0 else {
      throw StorageError(.readOnly, "\(path) is read-only for this user, or its disk is. Tocsin needs to write to it")
    }
  }

  /// The same, remembering which file the path leads to now.
  func identified() throws -> DatabaseFile {
    var file = self
    file.identity = current
    return file
  }

  /// - Throws: ``StorageError`` when the path leads to another file, or to none: what is written then would be lost.
  func refuseIfReplaced() throws {
    guard current != identity else { return }
    throw StorageError(
      .cannotOpen, "the database file \(path) was removed or replaced while it was in use. Put it back, and start again"
    )
  }

  private var current: Identity? {
    var status = stat()
    return stat(path, &status) == 0 ? Identity(device: status.st_dev, number: status.st_ino) : nil
  }

  private func create() throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw StorageError(.cannotOpen, "cannot create the folder \(folder): check its path and permissions")
    }
    guard access(folder, W_OK) == 0 else {
      throw StorageError(.readOnly, "cannot create \(path): the folder is not writable for this user")
    }
    // Before SQLite does, so that nobody else can read it even for a moment.
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      if errno == EEXIST { return }  // Another process was faster.
      throw StorageError(.cannotOpen, "cannot create \(path): \(String(cString: strerror(errno)))")
    }
    close(descriptor)
  }
}
