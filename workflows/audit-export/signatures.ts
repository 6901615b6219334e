import type { LeafOf } from '../ledger/entry.schema.ts'
import type { Assertion } from '../ledger/envelope.schema.ts'
import type { Opening } from '../ledger/sealed-parts.schema.ts'
import { checkAssertion, checkClientData, type VerifySignature } from '../ledger/webauthn-evidence.ts'
import { fromBase64Url, sha256 } from '../shared/bytes.ts'
import { canonicalBytes, type Json } from '../shared/canonical-json.ts'
import { opened, problem, type StoryProblem } from './problem.ts'

type Enrolment = { person: string; credentialId: string | null; publicKey: Uint8Array | null }

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

export type Signatures = ReturnType<typeof createSignatures>

/** The passkeys that a log enrols, and whether signatures hold that are said to be theirs. */
export function createSignatures(verify: VerifySignature) {
	let site: { rpId: string; webOrigin: string } | null = null
	const enrolments = new Map<string, Enrolment>()

	return {
		/** Where the log was created: ceremonies of other sites do not count. */
		begin({ rpId, webOrigin }: LeafOf<'record.created'>['open']): StoryProblem[] {
			if (site !== null) return [problem('SECOND_CREATION', 'the record is created a second time')]
			site = { rpId, webOrigin }
			return []
		},
		enrol(
			{ id, subject }: LeafOf<'passkey.enrolled'>,
			openings: Readonly<Record<string, Opening>> | undefined,
		): StoryProblem[] {
			if (subject === null) return [problem('NO_PERSON', 'a passkey is enrolled for nobody')]
			const credential = opened('passkey.enrolled', 'credential', openings)
			enrolments.set(id, {
				person: subject,
				credentialId: credential?.credentialId ?? null,
				publicKey: credential === null ? null : fromBase64Url(credential.publicKey),
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
		/** Everything that does not hold about one signature. */
		check({ actor, time, credentialEntry, envelope, assertion, isAgreed }: ToldSignature): StoryProblem[] {
			const enrolment = enrolments.get(credentialEntry)
			if (!enrolment)
				return [
					problem('CREDENTIAL_NOT_ENROLLED', 'the passkey was not enrolled in this log before it signed'),
				]
			const problems: StoryProblem[] = []
			if (enrolment.person !== actor)
				problems.push(problem('CREDENTIAL_OF_ANOTHER', 'the passkey belongs to somebody else'))
			if (!isAgreed) problems.push(problem('ENVELOPE_DIFFERS', 'what was signed is not what the entries say'))
			if (time > envelope.expiresAt)
				problems.push(problem('SIGNED_TOO_LATE', 'the decision was taken after it had expired'))
			if (site === null || enrolment.publicKey === null)
				return [...problems, problem('CREDENTIAL_SEALED', 'the passkey that signed is not laid open')]
			if (enrolment.credentialId !== assertion.credentialId)
				problems.push(problem('CREDENTIAL_DIFFERS', 'another passkey answered than the one named'))
			const challenge = sha256(canonicalBytes(envelope))
			const found = checkAssertion(
				assertion,
				{ challenge, publicKey: enrolment.publicKey, rpId: site.rpId, origin: site.webOrigin },
				verify,
			)
			if (found !== null)
				problems.push(problem(`ASSERTION_${found}`, "the passkey's signature does not hold"))
			return problems
		},
		counts: () => ({ enrolments: enrolments.size }),
	}
}
