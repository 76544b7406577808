import CCurl

/// One conversation by libcurl (https://curl.se/libcurl/c/). For one thread only; ``perform()`` blocks.
final class Curl {
  /// How a conversation ended.
  struct Outcome: Sendable {
    let code: CURLcode
    /// The server's last reply code, 0 when there was none.
    let reply: Int
    /// libcurl's own sentence about the fault; it may name hosts and certificates, never a secret. Empty if it has none.
    let text: String
  }

  private let handle: UnsafeMutableRawPointer
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private var recipients: UnsafeMutablePointer<curl_slist>?
  private var upload: ArraySlice<UInt8> = []
  /// The first option that this libcurl refused. Nothing is sent then: it may have been one that keeps us safe.
  private var refused: CURLcode?

  /// Says what to install when libcurl cannot be loaded, or nil when it is there.
  static func fault(library: String) -> String? { ccurl_load(library).map { String(cString: $0) } }

  /// Needs a ``fault(library:)`` that returned nil. Returns nil when memory is short.
  init?() {
    guard let handle = ccurl_init() else { return nil }
    self.handle = handle
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    check(ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText))
  }

  deinit {
    ccurl_cleanup(handle)
    ccurl_list_free(recipients)
    errorText.deallocate()
  }

  func set(_ option: CURLoption, _ value: String) { check(ccurl_set_string(handle, option, value)) }

  func set(_ option: CURLoption, _ value: Int) { check(ccurl_set_long(handle, option, value)) }

  func setRecipient(_ address: String) {
    recipients = ccurl_list_append(nil, address)
    check(recipients == nil ? CURLE_OUT_OF_MEMORY : ccurl_set_pointer(handle, CURLOPT_MAIL_RCPT, recipients))
  }

  /// What to upload. `self` outlives the callback, which only ``perform()`` calls.
  func setUpload(_ bytes: [UInt8]) {
    upload = bytes[...]
    set(CURLOPT_UPLOAD, 1)
    let reader: curl_read_callback = { buffer, size, count, state in
      guard let buffer, let state else { return 0 }
      return Unmanaged<Curl>.fromOpaque(state).takeUnretainedValue().fill(buffer, size * count)
    }
    check(ccurl_set_reader(handle, reader, Unmanaged.passUnretained(self).toOpaque()))
  }

  /// Holds the whole conversation and returns how it ended.
  func perform() -> Outcome {
    let code = refused ?? ccurl_perform(handle)
    let own = String(cString: errorText)
    return Outcome(
      code: code, reply: ccurl_response_code(handle),
      text: own.isEmpty ? String(cString: ccurl_error_text(code)) : own)
  }

  private func fill(_ buffer: UnsafeMutablePointer<CChar>, _ capacity: Int) -> Int {
    let chunk = upload.prefix(capacity)
    UnsafeMutableRawBufferPointer(start: buffer, count: capacity).copyBytes(from: chunk)
    upload = upload.dropFirst(chunk.count)
    return chunk.count
  }

  private func check(_ code: CURLcode) {
    if code != CURLE_OK, refused == nil { refused = code }
  }
}
