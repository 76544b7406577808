import CCurl
import Tocsin

/// The mail server, and how to talk to it (RFC 5321, RFC 3207). libcurl does the talking, on threads of its own.
struct SMTP: Sendable {
  /// Whether a connection by `smtp://` is encrypted.
  enum StartTLS: String, CaseIterable, Sendable { case required, opportunistic, off }

  struct Login: Sendable {
    let username: String
    let password: Secret
  }

  /// `smtp://host:port` or `smtps://host:port`, checked.
  let url: String
  let login: Login?
  let startTLS: StartTLS
  let caFile: String?
  var library = "libcurl.so.4"
  var timeOuts = TimeOuts()

  /// More than the dispatcher sends at a time to one server, so that one which is slow holds up nobody else.
  private static let threads = BlockingThreads(limit: 16)

  /// Hands a mail over; returns when the server has confirmed it with 250 after DATA.
  func deliver(_ mail: [UInt8], from sender: String, to recipient: String) async throws(SendFailure) {
    let failure = await talk { curl in
      curl.set(CURLOPT_MAIL_FROM, "<\(sender)>")
      curl.setRecipient("<\(recipient)>")
      curl.setUpload(mail)
    }
    if let failure { throw failure }
  }

  /// Connects, encrypts, logs in and leaves. Says what went wrong, or nil.
  func probe() async -> String? {
    let failure = await talk { curl in
      curl.set(CURLOPT_NOBODY, 1)
      curl.set(CURLOPT_CUSTOMREQUEST, "NOOP")
    }
    return failure?.reason
  }

  private func talk(_ prepare: @escaping @Sendable (Curl) -> Void) async -> SendFailure? {
    let deadline = ContinuousClock.now + .seconds(timeOuts.whole)
    // The wait for a thread is not the server's fault, and takes nothing of its time.
    let failure: SendFailure?? = await Self.threads.run(waiting: timeOuts.total) {
      if let fault = Curl.fault(library: library) { return .retryable(fault) }
      guard let curl = Curl() else { return .retryable("no memory to send a mail") }
      connect(curl, by: deadline)
      prepare(curl)
      return self.failure(curl.perform())
    }
    return failure ?? .retryable("too many mails are waiting for \(url)")
  }

  private func connect(_ curl: Curl, by deadline: ContinuousClock.Instant) {
    curl.set(CURLOPT_URL, url)
    // No proxy out of the environment, no signals in a program with threads.
    curl.set(CURLOPT_PROXY, "")
    curl.set(CURLOPT_NOSIGNAL, 1)
    curl.set(CURLOPT_CONNECTTIMEOUT_MS, Int(timeOuts.connect * 1000))
    curl.set(CURLOPT_TIMEOUT_MS, Int(timeOuts.total * 1000))
    // No connection is kept: the farewell is part of the call. It comes on top of the time-out, and waits no longer than for
    // any other reply: for what is left.
    curl.set(CURLOPT_FORBID_REUSE, 1)
    let left = ContinuousClock.now.duration(to: deadline) / .seconds(1) - timeOuts.total
    curl.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, max(1, Int(min(left, timeOuts.total))))
    curl.set(CURLOPT_SSL_VERIFYPEER, 1)
    curl.set(CURLOPT_SSL_VERIFYHOST, 2)
    curl.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    curl.set(CURLOPT_USE_SSL, Int(startTLS.level.rawValue))
    if let caFile { curl.set(CURLOPT_CAINFO, caFile) }
    if let login {
      curl.set(CURLOPT_USERNAME, login.username)
      curl.set(CURLOPT_PASSWORD, login.password.exposed)
    }
  }
}

extension SMTP.StartTLS {
  fileprivate var level: curl_usessl {
    switch self {
    case .required: CURLUSESSL_ALL
    case .opportunistic: CURLUSESSL_TRY
    case .off: CURLUSESSL_NONE
    }
  }
}
