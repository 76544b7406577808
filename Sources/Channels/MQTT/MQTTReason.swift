import CMosquitto
import Tocsin

/// What the broker's reason codes mean (MQTT 5, section 2.4; MQTT 3.1.1, section 3.2.2.3). Its own words are left out.
enum MQTTReason {
  /// Why a CONNECT was refused.
  ///
  /// - Parameter code: from CONNACK; up to 5 it is one of MQTT 3.1.1.
  static func connect(_ code: Int32) -> SendFailure {
    switch code {
    case 4, 0x86, 0x8C: .permanent("the broker refused the user name or the password (\(code))")
    // Mosquitto says so for a wrong password, too.
    case 5, 0x87: .permanent("the broker does not let us in: check username and password (\(code))")
    case 0x8A: .permanent("the broker has banned us (\(code))")
    case 2, 0x85: .permanent("the broker refused the client identifier (\(code))")
    case 1, 0x84: .permanent("the broker speaks neither MQTT 5 nor 3.1.1 (\(code))")
    case 0x9A: .permanent("the broker keeps no retained messages (\(code))")
    case 0x9B: .permanent("the broker does not take the quality of service that is set (\(code))")
    case 0x9C, 0x9D: .permanent("the broker has moved (\(code))")
    case 3, 0x88, 0x89: .retryable("the broker is busy or not ready (\(code))")
    case 0x97, 0x9F: .retryable("the broker gets too many connections or messages (\(code))")
    default: .retryable("the broker refused the connection (\(code))")
    }
  }

  /// Why a message was refused, by PUBACK or PUBREC; nil when it was taken. 0x10 is no refusal: nobody has subscribed.
  static func publish(_ code: Int32) -> SendFailure? {
    switch code {
    case ..<0x80: nil
    case 0x87: .permanent("the broker does not allow us to publish there: check its access list (\(code))")
    case 0x90: .permanent("the broker refused the topic (\(code))")
    case 0x95: .permanent("the message is larger than the broker takes (\(code))")
    case 0x99: .permanent("the broker refused the format of the message (\(code))")
    case 0x97: .retryable("the broker's quota is used up (\(code))")
    default: .retryable("the broker did not take the message (\(code))")
    }
  }

  /// Why libmosquitto did not even try to send a message (`enum mosq_err_t` in mosquitto.h).
  static func refusal(_ error: mosq_err_t) -> SendFailure {
    switch error {
    case MOSQ_ERR_OVERSIZE_PACKET, MOSQ_ERR_PAYLOAD_SIZE: .permanent("the message is larger than the broker takes")
    case MOSQ_ERR_QOS_NOT_SUPPORTED:
      .permanent("the broker confirms no message: it takes quality of service 0 only")
    case MOSQ_ERR_INVAL, MOSQ_ERR_MALFORMED_UTF8: .permanent("the topic is not allowed")
    default: .retryable("the message could not be sent: \(text(error))")
    }
  }

  /// libmosquitto's own sentence.
  static func text(_ error: mosq_err_t) -> String {
    reason(String(cString: cmosquitto_error_text(error.rawValue)))
  }
}
