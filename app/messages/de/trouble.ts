import type { trouble as english } from '../en/trouble.ts'

/** German words: trouble. */
export const trouble = {
	head: 'Entra ist nicht erreichbar',
	region: 'Entra',
	certificate_application:
		'Das Zertifikat, mit dem Charterkeep sich gegenüber Entra ausweist, läuft am {{date}} ab; damit endet alles, was es dort erteilen und entziehen kann.',
	certificate_killSwitch: 'Das Zertifikat des Notschalters läuft am {{date}} ab.',
	certificateOver_application:
		'Das Zertifikat, mit dem Charterkeep sich gegenüber Entra ausweist, ist am {{date}} abgelaufen.',
	certificateOver_killSwitch: 'Das Zertifikat des Notschalters ist am {{date}} abgelaufen.',
	certificateFix:
		'Hinterlegen Sie bei der App-Registrierung neben dem alten ein neues, setzen Sie dessen Datei und starten Sie Charterkeep neu.',
	accesses_one: '{{count}} Zugriff wird aufgehalten',
	accesses_other: '{{count}} Zugriffe werden aufgehalten',
	since: 'Seit {{date}}.',
	open: 'Öffnen',
	goesOn: 'Es wird von selbst erneut versucht. Nichts geht verloren, und nichts muss neu beantragt werden.',
	notSent: 'An Entra wurde nichts gesandt.',
	notGiven: 'Es wurde kein Zugriff erteilt.',
	askAgain: 'Beantragen Sie den Zugriff neu, sobald das behoben ist.',
	mayBeLive: 'Bis dahin gilt der Zugriff als bestehend.',
	connection: 'Genehmigte Zugriffe warten. Was enden muss, entzieht der Notschalter, wo es einen gibt.',
	mends_tenant_admin:
		'Beheben kann es die Administration des Mandanten; die Sicherheitsbeauftragten sind benachrichtigt.',
	mends_charter_owner:
		'Beheben können es die Charta-Verantwortlichen durch eine Änderung; sie sind benachrichtigt.',
	mends_security_officer: 'Beheben können es die Sicherheitsbeauftragten; sie sind benachrichtigt.',
	mends_requester: 'Beheben kann es, für wen der Zugriff ist.',
	mends_nobody: 'Meist vergeht es von selbst; die Sicherheitsbeauftragten sind benachrichtigt.',
	why_CredentialRefused:
		'Entra weist das Zertifikat oder Token zurück, mit dem Charterkeep sich ausweist: Es ist abgelaufen oder bei der Anwendung nicht mehr hinterlegt. Hinterlegen Sie bei der App-Registrierung ein neues, setzen Sie ENTRA_CERTIFICATE_FILE und starten Sie Charterkeep neu.',
	why_ApplicationNotFound:
		'Entra kennt die Anwendung nicht, als die Charterkeep auftritt, oder sie ist deaktiviert, oder den Mandanten gibt es nicht. Prüfen Sie ENTRA_TENANT_ID, ENTRA_CLIENT_ID und die App-Registrierung.',
	why_WrongTenant:
		'Es antwortet ein anderer Mandant als der eingestellte; darum wird ihm nichts gesandt. Setzen Sie ENTRA_TENANT_ID auf den gemeinten Mandanten, mit einer Anwendung dieses Mandanten.',
	why_OtherTenant:
		'In einem anderen als dem jetzt eingestellten Mandanten bestehen noch Zugriffe oder sind Feststellungen offen; dieser weiß von ihnen nichts. Setzen Sie ENTRA_TENANT_ID zurück, beenden Sie die Zugriffe dort und wechseln Sie den Mandanten danach; einen endgültig verlassenen nennt ENTRA_FORMER_TENANT_IDS.',
	why_ROLES_UNREAD:
		'Wer welche Verzeichnisrolle hält, war nicht lesbar. Deshalb wird nichts mit dem Genehmigten abgeglichen und nichts gefunden. „charterkeep tenant check“ nennt die fehlende Berechtigung oder den Grund.',
	why_GROUPS_UNREAD:
		'Wer in Gruppen ist, die die Charta regelt oder die halten, was sie regelt, war nicht zu lesen: Wer dort hineinkommt, wird nicht gefunden. „charterkeep tenant check“ nennt das Recht (GroupMember.Read.All) oder den Grund.',
	why_GROUP_PIM_UNREAD:
		'Was Privileged Identity Management zu Gruppen führt, die die Charta regelt, war nicht zu lesen: Bis wann jemand darin ist und ob das ein Zugriff von Charterkeep ist, sieht niemand. „charterkeep tenant check“ nennt das Recht (PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup) oder den Grund.',
	why_ELIGIBILITIES_UNREAD:
		'Wer aktivieren könnte, was die Charta regelt, ohne Charterkeep zu fragen, war nicht zu lesen. „charterkeep tenant check“ nennt das Recht oder den Grund.',
	why_SCHEDULES_UNREAD:
		'Wer von einer späteren Zeit an haben soll, was die Charta regelt, war nicht zu lesen. „charterkeep tenant check“ nennt das Recht oder den Grund.',
	why_POLICIES_UNREAD:
		'Die Richtlinien des Mandanten waren nicht zu lesen (bedingter Zugriff, oder die der Rollen und Gruppen): Eine, die schwächer wird, wird nicht gefunden. „charterkeep tenant check“ nennt das Recht oder den Grund.',
	why_MEMBERS_UNREAD:
		'Wer dies durch die Gruppe hat, war nicht lesbar. Deshalb wird der Gruppe nichts entzogen: Ein Konto, das nur überwacht wird, könnte darin sein. „charterkeep tenant check“ nennt die fehlende Berechtigung oder den Grund.',
	why_GROUP_GREW:
		'Durch die Gruppe haben dies mehr Menschen, als der Schutz vor Massenentzug durchließ: Sie werden gezählt, und der Schutz entscheidet neu.',
	why_NoToken:
		'Für Entra ist kein Token zu bekommen: Die Adresse der Anmeldestelle antwortet nicht. Prüfen Sie das Netz und ENTRA_AUTHORITY_HOST.',
	why_InvalidAuthenticationToken:
		'Entra nimmt das Token von Charterkeep nicht an. Prüfen Sie ENTRA_GRAPH_URL und die Uhr.',
	why_AccessReevaluated:
		'Entra weist die Anwendung nach erneuter Prüfung zurück. Vielleicht sperrt eine Richtlinie für Workload-Identitäten den Ort, von dem sie kommt.',
	why_NotGraph:
		'Statt einer Antwort von Microsoft Graph kommt eine HTML-Seite: Ein Proxy, ein Gateway oder eine Anmeldeseite steht dazwischen. Lassen Sie Charterkeep Graph direkt und ohne Prüfung des Inhalts erreichen.',
	why_NoAnswer:
		'Microsoft Graph antwortet nicht: Aufrufe brechen ab oder bleiben ohne Antwort. Prüfen Sie das Netz, den Proxy und ENTRA_GRAPH_URL.',
	why_TENANT_UNREACHABLE:
		'Entra war acht Stunden nach der Genehmigung noch nicht erreichbar; wofür der Zugriff genehmigt war, ist vielleicht vorbei.',
	why_PLACE_NOT_FREE:
		'Ein anderer Zugriff derselben Person auf dieselbe Gruppe ist in Entra noch nicht beendet. Bleibt es dabei, nennt seine eigene Seite den Grund.',
	why_LIST_TOO_LONG:
		'Entra führt in einer Liste mehr auf, als Charterkeep von ihr liest; was darin steht, ist deshalb nicht bekannt. Geben Sie den Zugriff über eine Gruppe mit weniger Mitgliedern.',
	why_PermissionScopeNotGranted:
		'Charterkeep fehlt dafür in Entra eine Berechtigung. „charterkeep tenant check“ nennt sie; erteilen Sie sie der App-Registrierung, mit Zustimmung der Administration.',
	why_Authorization_RequestDenied:
		'Charterkeep fehlt dafür in Entra eine Berechtigung. „charterkeep tenant check“ nennt sie; erteilen Sie sie der App-Registrierung, mit Zustimmung der Administration.',
	why_AadPremiumLicenseRequired:
		'Dem Mandanten fehlt die Lizenz für Privileged Identity Management (Microsoft Entra ID P2 oder ID Governance). Beschaffen und weisen Sie eine zu.',
	why_RoleNotFound:
		'Entra hat keine Rolle mit der Vorlagen-ID, die die Charta nennt. Berichtigen Sie roleTemplateId in der Charta.',
	why_ResourceNotFound:
		'Entra hat keine Gruppe mit der ID, die die Charta nennt. Berichtigen Sie groupId in der Charta, oder lassen Sie die Gruppe wiederherstellen.',
	why_GroupNotFound:
		'Entra hat keine Gruppe mit der ID, die die Charta nennt. Berichtigen Sie groupId in der Charta, oder lassen Sie die Gruppe wiederherstellen.',
	why_InvalidScope:
		'Den Geltungsbereich, den die Charta nennt, gibt es nicht mehr, etwa eine gelöschte Verwaltungseinheit. Berichtigen Sie scope in der Charta.',
	why_InvalidResource:
		'Die Gruppe, die die Charta nennt, lässt sich im Privileged Identity Management nicht verwalten: Sie kommt aus dem lokalen Verzeichnis, oder eine Regel füllt sie. Nennen Sie eine Gruppe der Cloud mit zugewiesenen Mitgliedern.',
	why_GroupFromOnPremises:
		'Die Gruppe kommt aus dem lokalen Verzeichnis; darum lässt Entra niemanden ändern, wer darin ist. Nennen Sie in der Charta eine Gruppe der Cloud; wer in dieser ist, wird im lokalen Verzeichnis geändert.',
	why_GroupIsDynamic:
		'Eine Regel füllt die Gruppe; darum lässt Entra niemanden ändern, wer darin ist. Nennen Sie in der Charta eine Gruppe mit zugewiesenen Mitgliedern; wer in dieser ist, bestimmt ihre Regel.',
	why_NoPimForRoles:
		'Diese Cloud hat kein Privileged Identity Management für Verzeichnisrollen. Machen Sie aus der Rolle in der Charta einen Platz in einer Gruppe.',
	why_SubjectNotFound:
		'Entra kennt das Konto nicht: Es wurde gelöscht, oder es ist so neu, dass es noch nicht überall bekannt ist. Berichtigen Sie das Konto der Person, oder lassen Sie es wiederherstellen.',
	why_Request_ResourceNotFound:
		'Entra kennt das Konto nicht: Es wurde gelöscht, oder es ist so neu, dass es noch nicht überall bekannt ist. Berichtigen Sie das Konto der Person, oder lassen Sie es wiederherstellen.',
	why_RoleAssignmentRequestPolicyValidationFailed:
		'Eine Richtlinie von Entra für diese Rolle verbietet es, etwa eine kürzere Höchstdauer oder eine eigene Genehmigung. „charterkeep tenant check“ vergleicht die Richtlinien mit der Charta.',
	why_PolicyExpirationRule:
		'Die Richtlinie von Entra für diese Rolle lässt sie nur kürzer vergeben (ExpirationRule). Verlängern Sie „Expiration_Admin_Assignment“ in der Richtlinie, oder verkürzen Sie maximumDuration in der Charta.',
	why_PolicyMfaRule:
		'Die Richtlinie von Entra für diese Rolle verlangt von allen, die sie zuweisen, eine mehrstufige Anmeldung (MfaRule); eine Anwendung kann sie nicht leisten. Nehmen Sie die Regel aus „Enablement_Admin_Assignment“.',
	why_PolicyJustificationRule:
		'Die Richtlinie von Entra für diese Rolle nahm die Begründung nicht an (JustificationRule). Nehmen Sie die Regel aus „Enablement_Admin_Assignment“, oder lassen Sie den Antrag mit einer Begründung neu stellen.',
	why_PolicyTicketingRule:
		'Die Richtlinie von Entra für diese Rolle nahm das Ticket nicht an (TicketingRule). Nehmen Sie die Regel aus „Enablement_Admin_Assignment“, oder lassen Sie den Antrag mit einem Ticket neu stellen.',
	why_PolicyEligibilityRule:
		'Die Richtlinie von Entra für diese Rolle gibt sie nur Personen, die dafür berechtigt sind (EligibilityRule). Erlauben Sie in der Richtlinie die aktive Zuweisung.',
	why_RoleAssignmentRequestAcrsValidationFailed:
		'Eine Richtlinie von Entra für diese Rolle verlangt einen Authentifizierungskontext, den eine Anwendung nicht geben kann. Nehmen Sie ihn aus der Richtlinie für Zuweisungen.',
	why_InvalidRoleAssignmentRequestSchedule:
		'Entra nimmt die Zeiten dieses Zugriffs nicht an. Vergleichen Sie die Uhr hier mit der des Mandanten („charterkeep tenant check“).',
	why_PendingRoleAssignmentRequest:
		'Entra arbeitet noch an einer früheren Anforderung für dieselbe Person und Rolle.',
	why_TooManyRequests: 'Entra bittet Charterkeep, langsamer zu fragen.',
	why_SESSIONS_NOT_ENDED:
		'Entra beendet die Sitzungen des Kontos nicht: Charterkeep fehlt die Berechtigung User.RevokeSessions.All, oder das Konto ist ein Gastkonto, dessen Sitzungen nur der eigene Mandant beendet. Wer angemeldet ist, bleibt es eine Weile. „charterkeep tenant check“ nennt eine fehlende Berechtigung.',
	why_HELD_OTHERWISE:
		'Die Person hat dies schon durch eine Zuweisung, die nicht von Charterkeep ist; das Ende der unseren würde also nichts besagen. Klären Sie, woher jene kommt, und beenden Sie sie.',
	why_STATUS_DENIED:
		'In Entra hat jemand die Anforderung abgelehnt: PIM verlangt dort eine eigene Genehmigung.',
	why_STATUS_FAILED: 'Entra hat die Anforderung angenommen und konnte sie nicht ausführen.',
	why_STATUS_CANCELED: 'In Entra hat jemand die Anforderung abgebrochen.',
	why_STATUS_REVOKED: 'In Entra hat jemand den Zugriff zurückgenommen, bevor er bestätigt war.',
	whyUnknown: 'Entra antwortet {{code}}.',
} satisfies Record<keyof typeof english, string>
