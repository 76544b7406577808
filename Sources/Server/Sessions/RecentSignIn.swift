import Foundation
import Tocsin

extension SignedIn {
  /// Seconds after signing in during which one may change how one signs in.
  static let recent = 600.0

  func isRecent(_ now: Date) -> Bool { now < session.createdAt + Self.recent }

  /// Whoever finds a browser open must not change how its user signs in (OWASP ASVS 5.0, 7.5.1).
  ///
  /// - Throws: ``Failure`` with code `forbidden` when the sign-in was more than ten minutes ago.
  func recently(_ now: Date) throws -> SignedIn {
    guard isRecent(now) else {
      throw Failure(.forbidden, "this takes a sign-in of the last ten minutes; sign in again")
    }
    return self
  }

  /// The same, of somebody who may have a second factor here.
  ///
  /// - Throws: ``Failure`` with code `conflict` for who signs in by a provider.
  func recentlyByPassword(_ now: Date) throws -> SignedIn {
    let signedIn = try recently(now)
    guard signedIn.user.hasPassword else {
      throw Failure(.conflict, "you sign in by a provider, which has a second factor of its own")
    }
    return signedIn
  }
}

extension Incidents {
  /// Gives somebody the password they chose, and ends their other sessions.
  ///
  /// - Throws: ``Failure`` with code `invalid` and the field `old_password` or `new_password`, `tooMany`.
  func changeOwnPassword(_ signedIn: SignedIn, from old: String, to new: String, by principal: Principal) async throws {
    do {
      try await changePassword(
        of: signedIn.user.userGuid, from: old, to: new, keeping: signedIn.session.sessionGuid, by: principal)
    } catch let failure as Failure where failure.field == "password" {
      // A wrong old password is a wrong value here: the session itself is in order.
      let isOld = failure.code == .unauthenticated
      throw Failure(.invalid, failure.message, field: isOld ? "old_password" : "new_password")
    }
  }
}
