import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'
import { judgeBoth, judgeRequester } from '#workflows/access/judge-access.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { verdictDigest } from '#workflows/charter/eligibility.ts'
import { personFacts, type PersonFacts } from '#workflows/charter/facts.ts'
import { signCheckpoint } from '#workflows/ledger/checkpoint.ts'
import type { Assertion } from '#workflows/ledger/envelope.schema.ts'
import { digestOf, sealEntry, type NewEntry, type SealedEntry } from '#workflows/ledger/leaf.ts'
import { leafHashOf, rootOfLeaves } from '#workflows/ledger/merkle.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import { vkeyOf } from '#workflows/ledger/signed-note.ts'
import { concatBytes, sha256, toBase64Url, utf8ToBytes } from '#workflows/shared/bytes.ts'
import { canonicalBytes, type Json } from '#workflows/shared/canonical-json.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import { readCharter } from '#app/services/charter/read-charter.server.ts'
import { ALWAYS, AT, charterInput } from '#test/factories/charter.ts'

export const ORIGIN = 'records.example/log'
export const SITE = { rpId: 'records.example', webOrigin: 'https://records.example' }
const HOUR_SECONDS = 3600
const MINUTE = 60_000

export const fixtureId = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

/** Two stages, so that a request needs two people. */
const YAML = JSON.stringify(
	charterInput({
		access: {
			requestedBy: ['operator'],
			maximumDuration: 'PT8H',
			ticket: { pattern: '^CHG-[0-9]{4}$', example: 'CHG-1234' },
			stages: [
				{ from: 'approver', quorum: 1, within: 'PT4H' },
				{ from: 'chief', quorum: 1, within: 'PT4H' },
			],
			entra: { roleTemplateId: '729827e3-9c14-49f7-bb1b-9608f156bbb8', name: 'Helpdesk', scope: '/' },
		},
	}),
)

export type Passkey = { entryId: string; credentialId: string; privateKey: KeyObject; flags: number }
export type Person = { id: string; name: string; role: string; passkey: Passkey; facts: PersonFacts }

/** Keys of logs are drawn from a seed, so that two fixtures may be forks of one log. */
export function logSigner(seed = 1, name = ORIGIN) {
	const secret = new Uint8Array(32).fill(seed)
	const publicKey = ed25519.getPublicKey(secret)
	return {
		publicKey,
		vkey: vkeyOf(name, publicKey),
		sign: (bytes: Uint8Array) => ed25519.sign(bytes, secret),
	}
}
export type Signer = ReturnType<typeof logSigner>

/** A log that grows entry by entry, with real passkeys; what a test is about is put in by hand. */
export class LogFixture {
	readonly entries: SealedEntry[] = []
	readonly hashes: Uint8Array[] = []
	readonly yaml = YAML
	readonly charter: Charter = readCharter(YAML).charter
	readonly textSha256 = readCharter(YAML).textSha256
	readonly people: Person[] = []
	charterEntry = ''
	#ids = 0
	#at = AT

	constructor() {
		this.add('record.created', { open: { origin: ORIGIN, ...SITE } })
		this.charterEntry = this.add('charter.in_force', {
			open: { charterId: 'test-charter', version: 1, textSha256: this.textSha256 },
			sealed: { text: { yaml: YAML } },
		})
	}

	newId = () => fixtureId(++this.#ids)
	get now(): string {
		return this.#at
	}
	/** Time goes on. */
	wait(ms: number): void {
		this.#at = plusMs(this.#at, ms)
	}

	add<K extends EntryKind>(
		kind: K,
		{
			open,
			sealed,
			subject = null,
			actor = null,
			id = this.newId(),
		}: Pick<NewEntry<K>, 'open'> & Partial<Pick<NewEntry<K>, 'sealed' | 'subject' | 'actor' | 'id'>>,
	): string {
		const entry = sealEntry(
			{ id, time: this.#at, kind, subject, actor, open, sealed: (sealed ?? {}) as NewEntry<K>['sealed'] },
			(length) => new Uint8Array(randomBytes(length)),
		)
		this.entries.push(entry)
		this.hashes.push(leafHashOf(entry.bytes))
		return id
	}

	checkpoint(signer = logSigner(), size = this.entries.length): { note: string; size: number } {
		const root = rootOfLeaves(this.hashes.slice(0, size))
		return { note: signCheckpoint({ origin: ORIGIN, size, root }, signer), size }
	}

	/** Somebody with this role, every fact with its entry, and a passkey. */
	person(role: string, { country = 'DE', until = null as string | null } = {}): Person {
		const id = this.newId()
		const name = `${role} ${this.people.length + 1}`
		const fact = { subject: id }
		const open = () => ({ factId: this.newId(), recordedBy: null })
		this.add('person.recorded', {
			...fact,
			open: {},
			sealed: {
				identity: { displayName: name, userPrincipalName: name, entraObjectId: id, employer: 'Agency' },
			},
		})
		const known = { ...ALWAYS, recordedAt: this.#at, retractedAt: null }
		this.add('person.citizenship_recorded', {
			...fact,
			open: open(),
			sealed: { fact: { country, ...ALWAYS, evidence: 'card' } },
		})
		const clearance = { scheme: 'DE', level: 'U2', issuer: 'Issuer', state: 'granted' as const }
		const cleared = { ...ALWAYS, validUntil: until }
		this.add('person.clearance_recorded', {
			...fact,
			open: open(),
			sealed: { fact: { ...clearance, ...cleared, evidence: 'file' } },
		})
		this.add('person.appointed', { ...fact, open: { ...open(), role }, sealed: { fact: ALWAYS } })
		this.add('person.facility_authorised', {
			...fact,
			open: { ...open(), facility: 'hall' },
			sealed: { fact: ALWAYS },
		})
		const facts = personFacts(id, {
			citizenships: [{ country, ...known }],
			clearances: [{ ...clearance, ...known, validUntil: until }],
			appointments: [{ role, ...known }],
			facilities: [{ facility: 'hall', ...known }],
			credentials: [{ deviceBound: true, attested: false, aaguid: 'make', ...known, validFrom: this.#at }],
		})
		const person = { id, name, role, facts, passkey: this.passkey(id) }
		this.people.push(person)
		return person
	}

	/** Enrols a passkey. */
	passkey(personId: string, { synced = false } = {}): Passkey {
		const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
		const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
		const credentialId = toBase64Url(new Uint8Array(randomBytes(16)))
		const entryId = this.add('passkey.enrolled', {
			subject: personId,
			actor: personId,
			open: { linkId: this.newId(), backupEligible: synced },
			sealed: {
				credential: {
					credentialId,
					publicKey: toBase64Url(coseKey(x, y)),
					aaguid: 'make',
					backedUp: synced,
					transports: ['usb'],
					attestationObject: 'AA',
					clientDataJson: clientData('webauthn.create', 'AA'),
				},
			},
		})
		return { entryId, credentialId, privateKey, flags: synced ? 0x1d : 0x05 }
	}
}

const coseKey = (x: string, y: string) =>
	concatBytes(
		new Uint8Array([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20]),
		new Uint8Array(Buffer.from(x, 'base64url')),
		new Uint8Array([0x22, 0x58, 0x20]),
		new Uint8Array(Buffer.from(y, 'base64url')),
	)

const clientData = (type: string, challenge: string, more: object = {}) =>
	toBase64Url(utf8ToBytes(JSON.stringify({ type, challenge, origin: SITE.webOrigin, ...more })))

/** What a test changes about a ceremony. */
export type CeremonyChanges = {
	challenge?: Uint8Array
	type?: string
	client?: object
	rpId?: string
	flags?: number
	credentialId?: string
}

/** A real signature by a passkey over an envelope. */
export function assertionOf(
	{ privateKey, credentialId, flags }: Passkey,
	envelope: Json,
	changes: CeremonyChanges = {},
): Assertion {
	const challenge = toBase64Url(changes.challenge ?? sha256(canonicalBytes(envelope)))
	const clientDataJson = clientData(changes.type ?? 'webauthn.get', challenge, changes.client)
	const authenticatorData = concatBytes(
		sha256(utf8ToBytes(changes.rpId ?? SITE.rpId)),
		new Uint8Array([changes.flags ?? flags, 0, 0, 0, 1]),
	)
	const message = concatBytes(
		authenticatorData,
		sha256(new Uint8Array(Buffer.from(clientDataJson, 'base64url'))),
	)
	return {
		credentialId: changes.credentialId ?? credentialId,
		clientDataJson,
		authenticatorData: toBase64Url(authenticatorData),
		signature: toBase64Url(new Uint8Array(sign('sha256', message, privateKey))),
	}
}

export type RequestChanges = {
	ceremony?: CeremonyChanges
	/** Passkey of the first decision. */
	passkey?: Passkey
	/** Who takes the first decision. */
	first?: Person
	/** Facts of the requester as they were judged, in the place of the right ones. */
	judged?: PersonFacts
	/** Request that the first decision's envelope names. */
	envelopeRequest?: string
	decisions?: number
	/** How long the access lasts. */
	minutes?: number
	verdictSha256?: string
}

/** One request from filing to the end of its access, as the application writes it. */
export function tellRequest(
	log: LogFixture,
	[requester, approver, chief]: readonly [Person, Person, Person],
	changes: RequestChanges = {},
): string {
	const requestId = log.newId()
	const asked = { role: 'admin', durationSeconds: HOUR_SECONDS }
	const access = log.charter.roles.admin?.access
	if (!access) throw new Error('The charter of this fixture has lost its role.')
	const target = { entraRoleTemplateId: '729827e3-9c14-49f7-bb1b-9608f156bbb8', scope: '/' }
	const request = {
		requestId,
		requesterId: requester.id,
		...asked,
		...target,
		reason: 'Lock accounts',
		ticket: 'CHG-1234',
		charterTextSha256: log.textSha256,
	}
	const facts = changes.judged ?? requester.facts
	const about = { subject: requester.id }
	log.add('request.filed', {
		...about,
		actor: requester.id,
		open: { requestId, ...asked, charterEntry: log.charterEntry, stages: stagesOf(log.charter) },
		sealed: {
			request,
			eligibility: {
				verdictSha256:
					changes.verdictSha256 ?? verdictDigest(judgeRequester(log.charter, facts, asked, log.now)),
				facts: facts as unknown as Json as never,
			},
		},
	})
	for (const [stage, decider] of [changes.first ?? approver, chief]
		.slice(0, changes.decisions ?? 2)
		.entries()) {
		log.wait(MINUTE)
		const both = { approver: decider.facts, requester: facts }
		const { eligibilitySha256 } = judgeBoth([log.charter], both, { ...asked, stage }, log.now)
		const envelope = {
			v: 1 as const,
			purpose: 'request.decision' as const,
			nonce: toBase64Url(new Uint8Array(randomBytes(32))),
			requestId: (stage === 0 ? changes.envelopeRequest : undefined) ?? requestId,
			requestSha256: digestOf(request),
			stage,
			verdict: 'approve' as const,
			reason: '',
			approverId: decider.id,
			requesterId: requester.id,
			...asked,
			...target,
			charterTextSha256: log.textSha256,
			eligibilitySha256,
			expiresAt: plusMs(log.now, 2 * MINUTE),
		}
		const passkey = (stage === 0 ? changes.passkey : undefined) ?? decider.passkey
		log.add('request.decided', {
			...about,
			actor: decider.id,
			open: {
				requestId,
				stage,
				verdict: 'approve',
				credentialEntry: passkey.entryId,
				charterEntry: log.charterEntry,
				outcome: stage === 1 ? 'approved' : 'pending',
			},
			sealed: {
				evidence: {
					envelope,
					assertion: assertionOf(passkey, envelope, stage === 0 ? changes.ceremony : {}),
				},
				eligibility: { verdictSha256: eligibilitySha256, facts: both as unknown as Json as never },
			},
		})
	}
	tellGrant(log, requester, requestId, changes.minutes ?? 30)
	return requestId
}

const stagesOf = (charter: Charter) =>
	(charter.roles.admin?.access?.stages ?? []).map(({ from, quorum }) => ({ from, quorum }))

function tellGrant(log: LogFixture, requester: Person, requestId: string, minutes: number): void {
	const grantId = log.newId()
	const about = { subject: requester.id }
	const endsAt = plusMs(log.now, HOUR_SECONDS * 1000)
	log.add('grant.sending', { ...about, open: { grantId, requestId, endsAt } })
	log.add('grant.confirmed', {
		...about,
		open: {
			grantId,
			requestId,
			role: 'admin',
			startsAt: log.now,
			endsAt,
			tenantRequestId: 'tenant-request',
			tenantInstanceId: 'instance',
		},
	})
	log.wait(minutes * MINUTE)
	log.add('grant.ending', { ...about, open: { grantId, requestId, cause: 'requester' } })
	log.add('grant.ended', { ...about, open: { grantId, requestId, how: 'removed' } })
}

export const hexDigest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
