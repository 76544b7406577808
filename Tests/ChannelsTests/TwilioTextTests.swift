import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct TwilioTextTests {
  @Test func theStandardTextIsOneLineThatDecides() {
    #expect(
      PageText.sms(.standard())
        == "HIGH: Database pool exhausted - DATABASE - CREATED [Ref: REF-20261121-ABC]")
    #expect(
      PageText.sms(.standard(url: "https://t.example/incidents/1"))
        == "HIGH: Database pool exhausted - DATABASE - CREATED https://t.example/incidents/1 [Ref: REF-20261121-ABC]")
  }

  @Test(arguments: [
    String(repeating: "x", count: 255), String(repeating: "[]", count: 100), String(repeating: "ü", count: 255),
    String(repeating: "Ж", count: 255), String(repeating: "🧑‍🚒", count: 60),
    String(repeating: "e\u{301}", count: 120),
  ])
  func onlyTitleAndPackageAreCut(long: String) {
    for message in [
      OutboundMessage.standard(title: long), .standard(title: long, package: String(repeating: "P", count: 100)),
      .standard(title: long, url: "https://t.example/" + long), .standard(title: long, ref: "REF-20261121-ABCDEFG"),
    ] {
      let text = PageText.sms(message)
      #expect(
        text.hasPrefix("HIGH: ")
          && text.hasSuffix(
            "... - \(text.contains("PPP") ? "PPPPPPPPPPPPPPPPPPPPPPPPPPP..." : "DATABASE") - CREATED [Ref: \(message.shortRef)]"
          ))
      #expect(text.utf16.count <= 160)
      if SMSSegments.isGSM7(long) { #expect(SMSSegments.count(text) == 1) }
    }
  }

  @Test func aTitleThatJustFitsIsWhole() {
    let rest = SMSSegments.units(PageText.sms(.standard(title: "t"))) - 1
    for length in [160 - rest, 161 - rest] {
      let title = String(repeating: "t", count: length)
      #expect(PageText.sms(.standard(title: title)).contains(title) == (length == 160 - rest))
    }
  }

  @Test func anyOtherTextGoesAsItIs() {
    for text in ["Our own words\n[Ref: REF-20261121-ABC]", "HIGH INCIDENT ALERT\n====\nx", "HIGH INCIDENT ALERT"] {
      #expect(PageText.sms(.sample(to: "+15550123456", text: text)) == text)
    }
    var bundle = OutboundMessage.standard()
    bundle.incidents = 3
    #expect(PageText.sms(bundle) == bundle.text)
  }

  @Test(arguments: [1598, 1599, 1600, 1601, 3000, 65536])
  func aTextIsCutAt1600OnlyAndNeverItsReference(length: Int) {
    let end = "\n[Ref: REF-20261121-ABC]"
    for letter in ["x", "Ж", "🔥"] {
      let room = (length - end.count) / letter.utf16.count
      let text = String(repeating: letter, count: room) + end
      for cut in [PageText.sms(.sample(to: "+1", text: text)), PageText.whole(.sample(to: "+1", text: text))] {
        #expect(cut.utf16.count <= 1600 && cut.hasSuffix(end))
        #expect((cut == text) == (text.utf16.count <= 1600))
        #expect(SMSSegments.isGSM7(cut) == (letter == "x"))
        #expect(cut.utf16.count > 1595 || cut == text)
      }
    }
  }

  @Test func noControlCharacterAndNoMarkThatTurnsTheTextAroundIsSent() {
    for text in hostileTexts + Hostile.allCases.map(\.rawValue) {
      for sent in [PageText.sms(.sample(to: "+1", text: text)), PageText.sms(.standard(title: text, package: text))] {
        #expect(!sent.unicodeScalars.contains { Unseen.contains($0) && $0 != "\n" })
      }
      #expect(!PageText.sms(.standard(title: text)).contains("\n"))
    }
    #expect(Unseen.removed(from: "a\r\nb\rc\u{85}d\u{2028}e\tf\u{202E}g\u{1B}h") == "a\nb\nc\nd\ne fgh")
  }

  @Test func aTemplatesVariableIsOneLine() {
    for text in hostileTexts + Hostile.allCases.map(\.rawValue) + [longLine] {
      for message in [OutboundMessage.sample(to: "+1", text: text), .standard(title: text, package: text)] {
        let line = PageText.variable(message)
        #expect(!line.isEmpty && line.utf16.count <= 900)
        #expect(!line.contains("\n") && !line.contains("  ") && !line.contains("[Ref:"))
      }
    }
  }

  /// As Twilio's own calculator counts (github.com/TwilioDevEd/message-segment-calculator).
  @Test(arguments: [
    ("", 1), (String(repeating: "a", count: 160), 1), (String(repeating: "a", count: 161), 2),
    (String(repeating: "a", count: 306), 2), (String(repeating: "a", count: 307), 3),
    (String(repeating: "€", count: 80), 1), (String(repeating: "€", count: 81), 2),
    // An escape and its character stay together: 76 in a segment of 153.
    (String(repeating: "€", count: 152), 2), (String(repeating: "€", count: 153), 3),
    (String(repeating: "Ж", count: 70), 1), (String(repeating: "Ж", count: 71), 2),
    (String(repeating: "Ж", count: 134), 2), (String(repeating: "Ж", count: 135), 3),
    (String(repeating: "a", count: 70) + "…", 2), (String(repeating: "🔥", count: 35), 1),
    (String(repeating: "🔥", count: 36), 2), (String(repeating: "🔥", count: 67), 3), ("…", 1),
    ("@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà^{}\\[~]|€", 1),
  ])
  func segmentsAreCountedAsTheyArePaidFor(text: String, segments: Int) {
    #expect(SMSSegments.count(text) == segments)
  }
}
