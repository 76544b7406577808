/// All calls. Add one: a file in this folder and a line here.
public enum Calls {
  public static let all: [any Call.Type] = [
    CreateIncident.self, ListIncidents.self, GetIncident.self, UpdateIncident.self, ChangeStatus.self,
    CloseIncident.self, MergeIncidents.self,
    AddNote.self, ListNotes.self, LinkAlert.self, ListAlertLinks.self, ListTimeline.self, VerifyTimeline.self,
    ListAlerts.self, GetAlert.self, AcknowledgeAlert.self, UnacknowledgeAlert.self,
    ListHeartbeats.self, GetHeartbeat.self, SetHeartbeat.self, DeleteHeartbeat.self,
    CreateSilence.self, ListSilences.self, GetSilence.self, ChangeSilence.self, ExpireSilence.self,
    CommentOnSilence.self, ListSilenceComments.self,
    LogCommunication.self, ListCommunications.self, ListAllCommunications.self, LookUpRef.self, DrawShortRef.self,
    NotifyIncident.self, ListUndelivered.self, Resend.self, SendTest.self, ListChannels.self,
    ListNotifyRules.self, GetNotifyRule.self, SetNotifyRule.self, DeleteNotifyRule.self,
    GetReport.self, EmailReport.self, GetMetrics.self,
    CreateToken.self, ListTokens.self, GetToken.self, RevokeToken.self,
    CreateUser.self, ListUsers.self, GetUser.self, SetPassword.self, ChangeRole.self, DisableUser.self, EnableUser.self,
    DisableTOTP.self, ListAuditLog.self,
  ]
}
