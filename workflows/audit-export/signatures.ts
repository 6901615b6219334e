import { parseCoseKey, type CoseKey } from '../ledger/cose-key.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'
import type { Assertion } from '../ledger/envelope.schema.ts'
import { checkClientData, readAssertion } from '../ledger/webauthn-evidence.ts'
import { fromBase64Url } from '../shared/bytes.ts'
import { canonicalBytes, type Json } from '../shared/canonical-json.ts'
import type { Platform } from './platform.ts'
import { opened, problem, unchecked, type Openings, type StoryProblem } from './problem.ts'

type Enrolment = {
	person: string
	backupEligible: boolean
	/** Null where the bundle leaves the passkey sealed. */
	credential: { id: string; key: CoseKey | null } | null
	isRevoked: boolean
}

/** One signature that an entry tells of, with what was signed and how. */
export type ToldSignature = {
	actor: string | null
	time: string
	credentialEntry: string
	envelope: { readonly [key: string]: Json } & { expiresAt: string }
	assertion: Assertion
	/** Whether what was signed is what the entries say. */
	isAgreed: boolean
}

/** Takes in what turns out later about the entry that is being told. */
export type Later = (found: Promise<StoryProblem | null>) => void

export type Signatures = ReturnType<typeof createSignatures>

/** The passkeys that a log enrols, and whether signatures hold that are said to be theirs. */
export function createSignatures(platform: Pick<Platform, 'sha256' | 'verifyAssertion'>, later: Later) {
	let site: { rpId: string; webOrigin: string } | null = null
	const enrolments = new Map<string, Enrolment>()
	const counts = { signatures: 0, syncedSignatures: 0, revoked: 0 }

	/** The signature itself, which may be checked elsewhere meanwhile. */
	function checkSignature(key: CoseKey, message: Uint8Array, signature: Uint8Array): StoryProblem[] {
		const judged = (isGood: boolean | null) => {
			if (isGood === null)
				return unchecked(
					'ALGORITHM_UNSUPPORTED',
					'this verifier does not know how this passkey signs: use npm run verify',
				)
			return isGood ? null : problem('ASSERTION_SIGNATURE', "the passkey's signature does not hold")
		}
		const isGood = platform.verifyAssertion(key, message, signature)
		if (isGood instanceof Promise) {
			later(isGood.then(judged))
			return []
		}
		const found = judged(isGood)
		return found === null ? [] : [found]
	}

	return {
		/** Where the log was created: ceremonies of other sites do not count. */
		begin({ rpId, webOrigin }: LeafOf<'record.created'>['open']): StoryProblem[] {
			if (site !== null) return [problem('SECOND_CREATION', 'the record is created a second time')]
			site = { rpId, webOrigin }
			return []
		},
		enrol({ id, subject, open }: LeafOf<'passkey.enrolled'>, openings: Openings): StoryProblem[] {
			if (subject === null) return [problem('NO_PERSON', 'a passkey is enrolled for nobody')]
			const credential = opened('passkey.enrolled', 'credential', openings)
			const publicKey = credential === null ? null : fromBase64Url(credential.publicKey)
			enrolments.set(id, {
				person: subject,
				backupEligible: open.backupEligible,
				credential:
					credential === null
						? null
						: { id: credential.credentialId, key: publicKey === null ? null : parseCoseKey(publicKey) },
				isRevoked: false,
			})
			if (credential === null || site === null) return []
			const clientData = fromBase64Url(credential.clientDataJson)
			const found =
				clientData === null
					? 'ENCODING'
					: checkClientData(clientData, { type: 'webauthn.create', challenge: null, origin: site.webOrigin })
			return found === null
				? []
				: [problem(`ENROLMENT_${found}`, 'the enrolment ceremony does not fit this site')]
		},
		revoke({ subject, open }: LeafOf<'passkey.revoked'>): StoryProblem[] {
			const enrolment = enrolments.get(open.credentialEntry)
			if (!enrolment)
				return [problem('CREDENTIAL_NOT_ENROLLED', 'a passkey is revoked that was not enrolled before')]
			if (subject !== null && enrolment.person !== subject)
				return [problem('CREDENTIAL_OF_ANOTHER', 'a passkey is revoked that belongs to somebody else')]
			if (!enrolment.isRevoked) counts.revoked += 1
			enrolment.isRevoked = true
			return []
		},
		/** Everything that does not hold about one signature. */
		check({ actor, time, credentialEntry, envelope, assertion, isAgreed }: ToldSignature): StoryProblem[] {
			const enrolment = enrolments.get(credentialEntry)
			if (!enrolment)
				return [
					problem('CREDENTIAL_NOT_ENROLLED', 'the passkey was not enrolled in this log before it signed'),
				]
			const problems: StoryProblem[] = []
			if (enrolment.isRevoked)
				problems.push(problem('CREDENTIAL_REVOKED', 'the passkey had been revoked before it signed'))
			if (enrolment.person !== actor)
				problems.push(problem('CREDENTIAL_OF_ANOTHER', 'the passkey belongs to somebody else'))
			if (!isAgreed) problems.push(problem('ENVELOPE_DIFFERS', 'what was signed is not what the entries say'))
			if (time > envelope.expiresAt)
				problems.push(problem('SIGNED_TOO_LATE', 'the decision was taken after it had expired'))
			if (site === null || enrolment.credential === null)
				return [...problems, unchecked('CREDENTIAL_SEALED', 'the passkey that signed is not laid open')]
			const { id, key } = enrolment.credential
			if (id !== assertion.credentialId)
				problems.push(problem('CREDENTIAL_DIFFERS', 'another passkey answered than the one named'))
			if (key === null)
				return [...problems, problem('ASSERTION_KEY_MALFORMED', 'the key of the passkey cannot be read')]
			const challenge = platform.sha256(canonicalBytes(envelope))
			const expected = { challenge, rpId: site.rpId, origin: site.webOrigin }
			const read = readAssertion(assertion, expected, platform.sha256)
			if (typeof read === 'string')
				return [...problems, problem(`ASSERTION_${read}`, EVIDENCE[read] ?? 'the ceremony does not hold')]
			counts.signatures += 1
			if (read.backedUp) counts.syncedSignatures += 1
			// Whether a key may be copied is fixed when it is made (WebAuthn Level 3 section 6.1.3).
			if (read.backupEligible !== enrolment.backupEligible)
				problems.push(
					problem(
						'ASSERTION_BACKUP_FLAGS',
						'the passkey says another thing of itself than when it was enrolled',
					),
				)
			return [...problems, ...checkSignature(key, read.message, read.signature)]
		},
		counts: () => ({ ...counts, enrolments: enrolments.size }),
	}
}

const EVIDENCE: Readonly<Record<string, string>> = {
	ENCODING: 'the evidence of the ceremony is not spelled as it must be',
	CLIENT_DATA_MALFORMED: 'the client data of the ceremony cannot be read',
	TYPE: 'the ceremony was another one than a signature',
	CHALLENGE: 'the passkey signed something else than this decision',
	ORIGIN: 'the ceremony took place at another site',
	CROSS_ORIGIN: 'the ceremony took place inside of another site',
	RP_ID: 'the passkey signed for another site',
	USER_PRESENCE: 'nobody was present at the ceremony',
	USER_VERIFICATION: 'the passkey did not verify its user',
	BACKUP_FLAGS: 'the passkey contradicts itself',
}
