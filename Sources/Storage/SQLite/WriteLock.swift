import Foundation

/// The right to write, across processes: two byte locks on a small file beside the database.
///
/// SQLite's own lock is not enough: before 3.51.3 a checkpoint that races a write in another process can corrupt the
/// file (sqlite.org/wal.html), so writes and checkpoints both happen under this lock. A waiter first takes the turnstile,
/// which the holder needs as well before it may write again: nobody starves.
///
/// Locks are of the "open file description" kind: they belong to this object, and the kernel drops them when the process
/// dies, however it dies.
final class WriteLock: Sendable {
  private enum Byte: off_t { case turnstile, writer }

  private let descriptor: Int32
  private let path: String

  /// Opens or creates the lock file.
  init(path: String) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      let code: StorageError.Code = errno == EROFS || errno == EACCES ? .readOnly : .cannotOpen
      throw StorageError(code, "cannot write the lock file \(path): \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  /// Runs `body` while no other process writes. Waits up to `patience` seconds.
  ///
  /// - Throws: ``StorageError`` with code `busy` when the wait was in vain; what `body` throws.
  func whileHeld<T>(patience: Double, _ body: () throws -> T) throws -> T {
    let deadline = ContinuousClock.now + .seconds(patience)
    try take(.turnstile, deadline)
    do {
      try take(.writer, deadline)
    } catch {
      release(.turnstile)
      throw error
    }
    release(.turnstile)
    defer { release(.writer) }
    return try body()
  }

  private func take(_ byte: Byte, _ deadline: ContinuousClock.Instant) throws {
    var pause: UInt32 = 50
    while !change(byte, Int16(F_WRLCK)) {
      guard errno == EAGAIN || errno == EACCES || errno == EINTR else {
        throw StorageError(.io, "cannot lock \(path): \(String(cString: strerror(errno)))")
      }
      guard ContinuousClock.now < deadline else {
        throw StorageError(.busy, "the database is busy: another process has held the write lock \(path) for too long")
      }
      usleep(pause)
      pause = min(pause * 2, 2000)
    }
  }

  private func release(_ byte: Byte) { _ = change(byte, Int16(F_UNLCK)) }

  private func change(_ byte: Byte, _ type: Int16) -> Bool {
    var lock = flock()
    lock.l_type = type
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = byte.rawValue
    lock.l_len = 1
    return fcntl(descriptor, Self.setLock, &lock) == 0
  }

  /// `F_OFD_SETLK`, a macro that Swift does not import (fcntl(2) on Linux; <sys/fcntl.h> on macOS).
  #if os(Linux)
    private static let setLock: Int32 = 37
  #else
    private static let setLock: Int32 = 90
  #endif
}
