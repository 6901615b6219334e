/** A part of a JSON Schema. */
export type JsonSchema = { [keyword: string]: unknown }

type Words = string | ({ description: string } & JsonSchema)

/**
 * What an editor shows beside each key of a charter, by the end of the key's path: the longest end that fits wins, so
 * `stages.quorum` speaks for the stages of roles and of the lockbox alike. A test holds that nothing is left unsaid.
 */
export const WORDS: Readonly<Record<string, Words>> = {
	charter: 'Who this charter is, and what it rules.',
	'charter.id': 'Name of the charter, the same in every version.',
	'charter.title': 'Title as people read it.',
	'charter.version': 'Number of the version. An amendment is the next one.',
	'charter.boundary': 'Name of the cloud, or the part of it, that the charter rules.',
	'charter.jurisdiction': { description: 'The country, or EU for the whole Union.', examples: ['DE', 'EU'] },
	'charter.organisation': 'Who answers for the charter.',
	'charter.tenants': 'Tenants inside the boundary.',
	'tenants.id': 'Id of the tenant, a UUID.',
	'tenants.title': 'Name of the tenant.',
	'tenants.cloud': 'The cloud that the tenant lies in.',

	agreements: 'Agreements under which clearances of other nations count, by key.',
	'agreements.title': 'Name and year of the agreement.',
	'agreements.parties': 'States and organisations that are party to it: country codes, EU or NATO.',
	'agreements.from': { description: 'First day in force.', examples: ['2026-01-01'] },
	'agreements.until': 'First day no longer in force; left out: no end known.',

	facilities: 'Places where people may work from, by key.',
	'facilities.title': 'Name of the place.',
	'facilities.country': 'Country that it lies in.',
	'facilities.city': 'City that it lies in.',
	'facilities.networks': 'Networks of the place. No two places share addresses.',
	'facilities.certified': 'The highest marking that the place is certified for.',
	'facilities.presence': 'What shows that a person is there now: nothing, the network, or a badge.',
	'presence.badgeWithin': 'The badge was shown at most so long ago.',
	'presence.network': 'True: the network must show the person too.',

	everyone: 'What holds for every role. Where a role says more, the most restrictive of both holds.',

	roles: 'Roles, by key: held by appointment, or asked for just in time when they have `access`.',
	'roles.title': 'Name of the role.',
	'roles.purpose': 'What the role is for, in one sentence.',
	'roles.duties': 'What its holders do in Charterkeep. Empty or left out: nothing.',
	'roles.handles': 'The highest marking the role reaches. Only facilities certified for it count.',
	'roles.facilities': 'Keys of facilities. A person must be authorised for one. An empty list means nobody.',
	'roles.review': 'How often appointments to the role are reviewed.',
	'review.every': 'From one review to the next.',
	'roles.retention': 'How long records about the role are kept.',
	'roles.access': 'Present when the role is asked for just in time; left out when it is held by appointment.',
	'access.requestedBy': 'Keys of roles whose holders may ask. An empty list means nobody.',
	'access.benefits':
		'Keys of roles whose holders may have it. Left out: those who may ask. An empty list means nobody.',
	maximumDuration: 'The longest access that may be asked for.',
	'access.ticket': 'The ticket that a request must name.',
	'ticket.pattern': 'Regular expression that the whole ticket must match.',
	'ticket.example': 'A ticket that matches, shown to whoever asks.',
	stages: 'Decisions one after the other. Every stage must approve.',
	'stages.from': 'Key of the role whose holders decide.',
	'stages.quorum': 'How many different people of that role must approve.',
	'stages.alongside':
		'Further groups that decide at the same stage, in any order. Each needs its own quorum of other people.',
	'alongside.from': 'Key of the role whose holders decide.',
	'alongside.quorum': 'How many different people of that role must approve.',
	'stages.denials': 'How many people must deny to end the request. Left out: the first denial ends it.',
	'stages.within': 'Time to decide. Silence denies.',
	silence: 'What silence means. There is no other answer.',
	'stages.escalation': 'Who may decide as well when nobody has.',
	'escalation.after': 'After so long without a decision.',
	'escalation.to': 'Key of the role that may decide as well.',
	'access.entra': 'What is assigned in Entra ID: a directory role at a scope, or a place in a group.',
	'entra.roleTemplateId': 'Template id of the directory role, a UUID.',
	'entra.name': 'Name of the role or the group as Entra ID shows it.',
	'entra.scope': 'Where it holds: / for the whole directory, or /administrativeUnits/ and the id of one.',
	'entra.groupId': 'Object id of the group, a UUID.',
	'entra.relation': 'What one becomes in the group.',

	citizenship: 'Which citizenships. What is stated must all hold.',
	'citizenship.anyOf': 'Holds one of these, whatever else. An empty list means nobody.',
	'citizenship.soleOf': 'Holds one of these and no other citizenship. An empty list means nobody.',
	'citizenship.noneOf': 'Citizenships that exclude, as a second one too.',
	'citizenship.unionCitizen': 'Citizen of a member state of the European Union.',
	'citizenship.usPerson': 'Citizen, permanent resident or protected individual of the United States.',
	'citizenship.dualNationality':
		'A second citizenship: allowed, forbidden, or only of states that are listed.',
	'dualNationality.onlyWith': 'States whose citizenship may stand beside.',
	residence: 'Where a person lives.',
	'residence.anyOf': 'Lives in one of these. An empty list means nobody.',
	'residence.unionResident': 'Lives in a member state of the European Union.',
	clearance: 'Which security clearances.',
	'clearance.anyOf': 'One of these, or a higher level of the same scheme. An empty list means nobody.',
	'clearance.acceptEquivalent': 'Levels of other schemes that count as well, each under an agreement.',
	'clearance.minimumRemaining': 'The clearance must still hold for so long after the access ends.',
	scheme: 'Whose clearance: a nation, the EU or NATO.',
	level: 'The lowest level of that scheme that suffices.',
	issuers: 'Authorities whose clearances count. Left out: any. An empty list means nobody.',
	'acceptEquivalent.agreement': 'Key of the agreement, under `agreements`, that this rests on.',
	caveats: 'National caveats. Each admits the citizens of some states, on top of the clearance.',
	briefings: 'Briefings that a person has had.',
	training: 'Courses that a person has attended.',
	key: { description: 'Name of the briefing or course.', examples: ['nato-brief'] },
	within: 'At most so long ago. Left out: at any time.',
	employer: 'For whom a person works.',
	'employer.anyOf':
		'Employers whose staff may, written as their names are recorded. An empty list means nobody.',
	'employer.subcontractors':
		"A subcontractor's people: not at all, or where the contract passes these duties on to them.",
	credential: 'Which passkey.',
	'credential.deviceBound': 'The key cannot leave the authenticator.',
	'credential.attested': 'Enrolled with an attestation that was verified.',
	'credential.aaguids': 'Models of authenticators. Left out: any. An empty list means nobody.',
	workingHours: 'When access may be used.',
	'workingHours.zone': { description: 'Time zone of the IANA list.', examples: ['Europe/Berlin'] },
	'workingHours.days': 'Days of the week.',
	'workingHours.from': { description: 'From this time of day.', examples: ['07:00'] },
	'workingHours.until': { description: 'Until this time, later on the same day.', examples: ['19:00'] },

	separationOfDuty: 'Roles that must stay in different hands.',
	'separationOfDuty.neverHeldTogether': 'Pairs of roles. One person holds at most one of the two.',
	'separationOfDuty.neverActiveTogether':
		'Pairs of roles. Access to both is never live at once for one person.',
	'separationOfDuty.neverAcross': 'Whoever holds the first does not decide as the second.',
	'neverAcross.requests': 'Key of the role that asks.',
	'neverAcross.approves': 'Key of the role that decides.',

	lockbox: "How a provider's request for customer content is decided.",
	breakGlass: 'Access at once, with its price: everybody is told, and a review follows.',
	'breakGlass.usedBy': 'Keys of roles whose holders may use it. An empty list means nobody.',
	'breakGlass.roles': 'Keys of roles that may be taken so. An empty list means none.',
	'breakGlass.secondOfficer': 'True: a second officer signs as well.',
	'breakGlass.tells': 'Keys of roles whose holders are told at once.',
	'breakGlass.review': 'Who looks at the use afterwards.',
	'review.by': 'Key of the role that reviews.',
	'review.quorum': 'How many different people of that role.',
	'review.within': 'Time to review.',
	undisclosedRequester:
		'When a provider does not say who asks: deny, or let the stages of the lockbox decide while it shows.',

	entra:
		'What Entra ID must show before an access is given, and what happens to what it holds beside the approved.',
	'entra.beforeGranting': 'What is looked at in Entra ID before an access is given.',
	'beforeGranting.method':
		'When the person has no phishing-resistant method: refuse, or give the access and say so. What cannot be read counts as missing.',
	'beforeGranting.passkeys':
		'Which passkeys count: any, those that cannot leave their authenticator, or those that Entra ID saw attested.',
	'beforeGranting.conditionalAccess':
		'When no Conditional Access policy demands phishing-resistant sign-in of whoever holds the role.',
	'entra.endSessions': "True: the end of an access ends the person's sessions too.",
	'entra.findings': 'What happens to what Entra ID holds otherwise than approved, by kind.',
	'findings.outOfBand': 'Privilege that was not given through Charterkeep.',
	'findings.missingGrant': 'An access that is approved and not there. There is nothing to remove.',
	'findings.wrongEnd': 'An assignment that ends at another time than approved.',
	'findings.wrongScope': 'An assignment for another scope than approved.',
	'findings.permanent': 'An assignment without an end.',
	'findings.ineligibleHolder': 'Privilege of somebody whom the charter would refuse now.',
	'findings.guestOrServicePrincipal': 'Privilege of a guest, or of an application.',
	'findings.policyWeakened':
		'Conditional Access, or the policy of a role, asks for less than when it was last seen. There is nothing to remove.',
	decideWithin: 'Its owner decides within this time.',
	otherwise: 'What happens when nobody has decided in time: people are told again, or it is removed.',
	'entra.massRemoval':
		'Removals that hit more people than this wait for a second officer. Left out: 5 within an hour.',
	'massRemoval.most':
		'From so many people something is taken away without asking; a group counts as many as are in it.',
	'massRemoval.within': 'Counted over this time.',
	'entra.breakGlassAccounts': 'Accounts for the day that nothing else works: watched, and never touched.',
	'breakGlassAccounts.objectId': 'Object id of the account, a UUID.',
	'breakGlassAccounts.title': 'What the account is called.',
}
