import Tocsin

/// The words by which Slack says no.
enum SlackError {
  /// What `word` means for the message; nil for a word that Slack does not document.
  static func failure(_ word: String?, after: Double? = nil) -> SendFailure? {
    guard let word else { return nil }
    if passing.contains(word) { return .retryable("Slack cannot take it now (\(word))", after: after) }
    if lasting.contains(word) { return .permanent("Slack refused it (\(word))") }
    return nil
  }

  /// Worth trying again.
  private static let passing: Set<String> = [
    "ratelimited", "rate_limited", "message_limit_exceeded", "internal_error", "fatal_error", "service_unavailable",
    "request_timeout", "team_added_to_org", "org_login_required", "external_channel_migrating", "update_failed",
    "rollup_error",
  ]

  /// Nothing but a person can change it. https://docs.slack.dev/reference/methods/chat.postMessage, chat.update and
  /// auth.test; the last lines are incoming webhooks' (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).
  private static let lasting: Set<String> = [
    "access_denied", "accesslimited", "account_inactive", "as_user_not_supported", "block_mismatch",
    "cannot_reply_to_message", "cant_broadcast_message", "cant_update_message", "channel_not_found",
    "deprecated_endpoint", "duplicate_channel_not_found", "edit_window_closed", "ekm_access_denied",
    "enterprise_is_restricted", "invalid_arg_name", "invalid_arguments", "invalid_array_arg", "invalid_attachments",
    "invalid_auth", "invalid_blocks", "invalid_blocks_format", "invalid_charset", "invalid_form_data", "invalid_json",
    "invalid_post_type", "is_archived", "is_inactive", "message_not_found", "method_deprecated", "missing_post_type",
    "missing_scope", "msg_blocks_too_long", "msg_too_long", "no_permission", "no_text", "not_allowed_token_type",
    "not_authed", "not_in_channel", "restricted_action", "restricted_action_non_threadable_channel",
    "restricted_action_read_only_channel", "restricted_action_thread_only_channel", "team_access_not_granted",
    "team_not_found", "thread_not_found", "token_expired", "token_revoked", "too_many_attachments",
    "two_factor_setup_required",
    "action_prohibited", "channel_is_archived", "invalid_payload", "invalid_token", "no_active_hooks", "no_service",
    "no_service_id", "no_team", "posting_to_general_channel_denied", "team_disabled", "user_not_found",
  ]
}
