/** English words: trouble. Why an access is not given or taken away, why the tenant is not reached, and who mends it. */
export const trouble = {
	head: 'Entra is not reached',
	region: 'Entra',
	certificate_application:
		'The certificate by which Charterkeep shows itself to Entra ends {{date}}; with it ends everything that it can give and take away there.',
	certificate_killSwitch: 'The certificate of the kill switch ends {{date}}.',
	certificateOver_application: 'The certificate by which Charterkeep shows itself to Entra ended {{date}}.',
	certificateOver_killSwitch: 'The certificate of the kill switch ended {{date}}.',
	certificateFix:
		'Register a new one on the app registration beside the old one, set its file, and start Charterkeep again.',
	accesses_one: '{{count}} access is held up',
	accesses_other: '{{count}} accesses are held up',
	since: 'Since {{date}}.',
	open: 'Open',
	goesOn: 'It is tried again by itself. Nothing is lost, and nothing has to be filed again.',
	notSent: 'Nothing was sent to Entra.',
	notGiven: 'No access was given.',
	askAgain: 'Once that is mended, ask again.',
	mayBeLive: 'Until then the access must be assumed live.',
	connection:
		'Accesses that are approved wait. Those that are to end are removed by the kill switch where there is one.',
	mends_tenant_admin: 'An administrator of the tenant mends it; the security officers have been told.',
	mends_charter_owner: 'A charter owner mends it by an amendment; they have been told.',
	mends_security_officer: 'A security officer mends it; they have been told.',
	mends_requester: 'You, whom the access is for, can mend it.',
	mends_nobody: 'Most often it passes by itself; the security officers have been told.',
	why_CredentialRefused:
		'Entra refuses the certificate or token by which Charterkeep shows itself: it has expired, or is no longer registered on the application. Register a new one on the app registration, set ENTRA_CERTIFICATE_FILE, and start Charterkeep again.',
	why_ApplicationNotFound:
		'Entra does not know the application as which Charterkeep comes, or it is disabled, or there is no such tenant. Check ENTRA_TENANT_ID and ENTRA_CLIENT_ID, and the app registration.',
	why_WrongTenant:
		'What answers is another tenant than the one that is set, so nothing is sent to it. Set ENTRA_TENANT_ID to the tenant that is meant, with an application of that tenant.',
	why_OtherTenant:
		'Accesses are held, or findings are open, in another tenant than the one that is set now, and this one knows nothing of them. Set ENTRA_TENANT_ID back, end them there, and change the tenant afterwards; one that was left for good is named in ENTRA_FORMER_TENANT_IDS.',
	why_ROLES_UNREAD:
		'Who holds which directory role could not be read, so nothing is compared with what was approved, and nothing is found. “charterkeep tenant check” names the permission or the reason.',
	why_GROUPS_UNREAD:
		'Who is in groups that the charter governs, or that hold what it governs, could not be read: whoever is put in there is not found. “charterkeep tenant check” names the permission (GroupMember.Read.All) or the reason.',
	why_GROUP_PIM_UNREAD:
		'What Privileged Identity Management lists of groups that the charter governs could not be read: until when somebody is in one, and whether that is an access of Charterkeep, is not seen. “charterkeep tenant check” names the permission (PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup) or the reason.',
	why_ELIGIBILITIES_UNREAD:
		'Who could activate what the charter governs, without asking Charterkeep, could not be read. “charterkeep tenant check” names the permission or the reason.',
	why_SCHEDULES_UNREAD:
		'Who is to have what the charter governs from a later time on could not be read. “charterkeep tenant check” names the permission or the reason.',
	why_POLICIES_UNREAD:
		'The policies of the tenant could not be read (Conditional Access, or those of roles and groups): one that is made weaker is not found. “charterkeep tenant check” names the permission or the reason.',
	why_MEMBERS_UNREAD:
		'Who has this through the group could not be read, so nothing is taken from the group: an account that is only watched might be in it. “charterkeep tenant check” names the permission or the reason.',
	why_GROUP_GREW:
		'More people have this through the group than the guard against mass removal let pass: they are counted, and the guard decides again.',
	why_NoToken:
		'No token for Entra can be had: the address of the authority does not answer. Check the network and ENTRA_AUTHORITY_HOST.',
	why_InvalidAuthenticationToken:
		'Entra does not accept the token of Charterkeep. Check ENTRA_GRAPH_URL and the clock.',
	why_AccessReevaluated:
		'Entra refuses the application after judging it anew. A policy for workload identities may bar where it comes from.',
	why_NotGraph:
		'A page of HTML comes in place of an answer of Microsoft Graph: a proxy, gateway or sign-in page stands in between. Let Charterkeep reach Graph directly, without inspection.',
	why_NoAnswer:
		'Microsoft Graph does not answer: calls break off, or wait in vain. Check the network, the proxy and ENTRA_GRAPH_URL.',
	why_TENANT_UNREACHABLE:
		'Entra was not reached for eight hours after the approval, so what the access was approved for may be over.',
	why_PLACE_NOT_FREE:
		'Another access of the same person to the same group has not ended in Entra yet. Where that stays so, its own page says what keeps it.',
	why_LIST_TOO_LONG:
		'Entra lists more than Charterkeep reads of one list, so what is in it is not known. Give the access by a group with fewer members.',
	why_PermissionScopeNotGranted:
		'Charterkeep lacks a permission for this in Entra. “charterkeep tenant check” names it; grant it on the app registration, with consent of an administrator.',
	why_Authorization_RequestDenied:
		'Charterkeep lacks a permission for this in Entra. “charterkeep tenant check” names it; grant it on the app registration, with consent of an administrator.',
	why_AadPremiumLicenseRequired:
		'The tenant has no licence for Privileged Identity Management (Microsoft Entra ID P2 or ID Governance). Buy and assign one.',
	why_RoleNotFound:
		'Entra has no role with the template id that the charter names. Correct roleTemplateId in the charter.',
	why_ResourceNotFound:
		'Entra has no group with the id that the charter names. Correct groupId in the charter, or have the group restored.',
	why_GroupNotFound:
		'Entra has no group with the id that the charter names. Correct groupId in the charter, or have the group restored.',
	why_InvalidScope:
		'The scope that the charter names is not there any more, such as an administrative unit that was deleted. Correct scope in the charter.',
	why_InvalidResource:
		'The group that the charter names cannot be managed in Privileged Identity Management: it is synchronised from on-premises, or filled by a rule. Name a group of the cloud with assigned members.',
	why_GroupFromOnPremises:
		'The group is synchronised from on-premises, so Entra lets nobody change who is in it. Name a group of the cloud in the charter; who is in this one is changed in the directory on-premises.',
	why_GroupIsDynamic:
		'The group is filled by a rule, so Entra lets nobody change who is in it. Name a group with assigned members in the charter; who is in this one is changed by its rule.',
	why_NoPimForRoles:
		'This cloud has no Privileged Identity Management for directory roles. Make the role a place in a group in the charter.',
	why_SubjectNotFound:
		'Entra does not know the account: it was deleted, or is so new that it is not known everywhere. Correct the account of the person, or have it restored.',
	why_Request_ResourceNotFound:
		'Entra does not know the account: it was deleted, or is so new that it is not known everywhere. Correct the account of the person, or have it restored.',
	why_RoleAssignmentRequestPolicyValidationFailed:
		'A policy of Entra for this role forbids it, such as a shorter longest duration or an approval of its own. “charterkeep tenant check” compares the policies with the charter.',
	why_PolicyExpirationRule:
		'The policy of Entra for this role lets it be given for a shorter time only (ExpirationRule). Lengthen “Expiration_Admin_Assignment” in the policy, or shorten maximumDuration in the charter.',
	why_PolicyMfaRule:
		'The policy of Entra for this role demands multi-factor sign-in of whoever assigns it (MfaRule), which an application cannot give. Take it off “Enablement_Admin_Assignment”.',
	why_PolicyJustificationRule:
		'The policy of Entra for this role did not accept the justification (JustificationRule). Take the rule off “Enablement_Admin_Assignment”, or have the request filed again with a reason.',
	why_PolicyTicketingRule:
		'The policy of Entra for this role did not accept the ticket (TicketingRule). Take the rule off “Enablement_Admin_Assignment”, or have the request filed again with a ticket.',
	why_PolicyEligibilityRule:
		'The policy of Entra for this role gives it only to people who are eligible for it (EligibilityRule). Let it be assigned actively in the policy.',
	why_RoleAssignmentRequestAcrsValidationFailed:
		'A policy of Entra for this role demands an authentication context, which an application cannot give. Take it off the policy for assignments.',
	why_InvalidRoleAssignmentRequestSchedule:
		'Entra does not accept the times of this access. Compare the clock here with that of the tenant (“charterkeep tenant check”).',
	why_PendingRoleAssignmentRequest: 'Entra still works on an earlier request for the same person and role.',
	why_TooManyRequests: 'Entra asks Charterkeep to slow down.',
	why_SESSIONS_NOT_ENDED:
		'Entra does not end the sessions of the account: Charterkeep lacks the permission User.RevokeSessions.All, or the account is a guest, whose sessions only its own tenant ends. Whoever is signed in stays so for a while. “charterkeep tenant check” names a permission that is missing.',
	why_HELD_OTHERWISE:
		'The person already holds this by an assignment that is not Charterkeep’s, so ending ours would say nothing. Find out where that one comes from, and end it.',
	why_STATUS_DENIED: 'Somebody in Entra refused the request: PIM asks for an approval of its own there.',
	why_STATUS_FAILED: 'Entra took the request and could not carry it out.',
	why_STATUS_CANCELED: 'Somebody in Entra cancelled the request.',
	why_STATUS_REVOKED: 'Somebody in Entra took the access back before it was confirmed.',
	whyUnknown: 'Entra answers {{code}}.',
}
