/** English words: erasure. */
export const erasure = {
	title: 'What can be erased of {{name}}',
	lead: 'Erasing destroys what opens the commitments of these entries and takes the same out of the tables. The entries themselves stay, and every proof keeps holding. It cannot be undone, and it is an entry of the record itself.',
	blocked: 'Nothing can be erased yet',
	blockedLead: '{{name}} is still tied to something that runs. Settle this first:',
	liveAccesses_one: '{{count}} access that may be live in Entra: end it',
	liveAccesses_other: '{{count}} accesses that may be live in Entra: end them',
	approvedAccesses_one:
		'{{count}} access of somebody else that rests on their decision and may be live: end it',
	approvedAccesses_other:
		'{{count}} accesses of others that rest on their decision and may be live: end them',
	openRequests_one:
		'{{count}} request that waits for decisions, theirs or decided on by them: decide or withdraw it',
	openRequests_other:
		'{{count}} requests that wait for decisions, theirs or decided on by them: decide or withdraw them',
	openCases_one: '{{count}} vetting case that is not closed: close it',
	openCases_other: '{{count}} vetting cases that are not closed: close them',
	openAmendments_one: '{{count}} open amendment of the charter, drafted or signed by them: settle it',
	openAmendments_other: '{{count}} open amendments of the charter, drafted or signed by them: settle them',
	usablePasskeys_one:
		'{{count}} passkey that is not revoked: revoke it, since whoever is erased no longer signs in',
	usablePasskeys_other:
		'{{count}} passkeys that are not revoked: revoke them, since whoever is erased no longer signs in',
	identity: 'Who they are',
	identityWhat:
		'Name, user principal name, Entra object id and employer. A pseudonym takes their place everywhere.',
	facts: 'Facts about them',
	factsWhat:
		'Citizenships, clearances, appointments, facilities, residences, briefings, training, employment and presence, and the copies of them on which requests and decisions were judged.',
	factsLoses:
		'Afterwards nobody can check again whether the charter allowed what they had and did (accesses: {{accesses}}; decisions on others: {{decisions}}). What was signed at the time keeps its proof. Where they decided, the facts of the requester that the decision was judged on go with theirs.',
	texts: 'Words of their requests',
	textsWhat:
		'Reason and ticket of what they asked for (requests: {{requests}}). The digest that approvers signed stays.',
	passkeys: 'Passkeys and sign-ins',
	passkeysWhat: 'Public keys, attestations and what was signed at each sign-in (passkeys: {{passkeys}}).',
	passkeysLoses:
		'Afterwards nobody can verify what they signed any more (decisions: {{decisions}}; amendments: {{signatures}}). Bundles list these as not checked.',
	passkeysKept_one:
		'{{count}} passkey stays in any case: a charter that came into force rests on its signature.',
	passkeysKept_other:
		'{{count}} passkeys stay in any case: a charter that came into force rests on their signatures.',
	total_one: '{{count}} sealed group',
	total_other: '{{count}} sealed groups',
	nothing: 'nothing left to erase',
	which: 'Which entries',
	group: 'Sealed group',
	entries: 'Entries',
	more: 'and {{count}} more',
	chosen: 'Erase',
	stays: 'What stays, and why',
	staysLeaves:
		'Every entry of the log with its time and its id of the person, which means nothing outside this database: proofs rest on it.',
	staysEvidence:
		'What they signed: verdict, reason and signature of each decision are proof of an official act (Article 17(3)(b) and (e) GDPR).',
	staysSteps:
		'The steps of accesses with the object id of the account in Entra: they are append-only. Delete the account there.',
	staysCopies: 'Bundles, exports and backups made before. SECURITY.md says how long backups may be kept.',
	form: 'Erase for good',
	ground: 'On what ground?',
	retention_over: 'No longer needed: the time for which it is kept is over',
	person_asked: 'The person asked for it, and nothing stands against it',
	unlawful: 'It should never have been recorded',
	legal_duty: 'A law or a court asks for it',
	reason: 'Reason',
	reasonHint:
		'Such as the file number of the request or the retention rule. It is sealed in the entry, so do not name the person.',
	confirmation: 'To confirm, type: {{name}}',
	button: 'Erase for good',
	open: 'Erase personal data …',
	done: 'The data are erased.',
	erasedOn: 'Personal data of this person were erased',
	before: 'Erased before',
	chooseParts: 'Choose what to erase.',
}
