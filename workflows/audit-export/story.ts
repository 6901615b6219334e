import type { z } from 'zod'
import { SEALED, type EntryKind, type Leaf, type LeafOf, type Opening } from '../ledger/entry.schema.ts'
import { digestOf } from '../ledger/leaf.ts'
import { checkAssertion, checkClientData, type VerifySignature } from '../ledger/webauthn-evidence.ts'
import { fromBase64Url, sha256 } from '../shared/bytes.ts'
import { canonicalBytes } from '../shared/canonical-json.ts'

/** One thing that does not hold, by a stable code, with what was found. */
export type StoryProblem = { code: string; message: string }
export type StoryCounts = { decisions: number; unopenedDecisions: number; enrolments: number; grants: number }

type Enrolment = { person: string; credentialId: string | null; publicKey: Uint8Array | null }
type FiledRequest = {
	requester: string
	role: string
	durationSeconds: number
	stages: { from: string; quorum: number }[]
	charterEntry: string
	/** Digest of the opened request; null where it is sealed. */
	sha256: string | null
	sealed: z.infer<(typeof SEALED)['request.filed']['request']> | null
	approvals: string[][]
	decided: Set<string>
	denied: boolean
}
type Grant = { requestId: string; sentEndsAt: string | null; startsAt: string | null; ended: boolean }

/** The log says more than it lays open here; a grant may start this much before we say so, by the tenant's clock. */
const CLOCK_TOLERANCE_MS = 120_000

/**
 * What the entries of a log say one after the other, and whether it holds together: every decision signed by a passkey
 * that its person had enrolled before, nobody deciding for themselves or twice, and no grant without the quorum of each
 * stage, in order. Keeps only small indexes, so that a long log can be walked.
 */
export function createStory(verify: VerifySignature) {
	let site: { rpId: string; webOrigin: string } | null = null
	const enrolments = new Map<string, Enrolment>()
	const charters = new Map<string, string>()
	const requests = new Map<string, FiledRequest>()
	const grants = new Map<string, Grant>()
	const counts: StoryCounts = { decisions: 0, unopenedDecisions: 0, enrolments: 0, grants: 0 }

	function tell(leaf: Leaf, openings: Readonly<Record<string, Opening>> | undefined): StoryProblem[] {
		switch (leaf.kind) {
			case 'record.created':
				if (site !== null) return [problem('SECOND_CREATION', 'the record is created a second time')]
				site = { rpId: leaf.open.rpId, webOrigin: leaf.open.webOrigin }
				return []
			case 'charter.in_force':
				return tellCharter(leaf, openings)
			case 'passkey.enrolled':
				return tellEnrolment(leaf, openings)
			case 'request.filed':
				return tellRequest(leaf, openings)
			case 'request.decided':
				return tellDecision(leaf, openings)
			case 'grant.sending':
				return tellSending(leaf)
			case 'grant.confirmed':
				return tellConfirmed(leaf)
			case 'grant.ended':
				return tellEnded(leaf)
			default:
				return []
		}
	}

	function tellCharter(
		{ id, open }: LeafOf<'charter.in_force'>,
		openings: Readonly<Record<string, Opening>> | undefined,
	): StoryProblem[] {
		charters.set(id, open.textSha256)
		const text = opened('charter.in_force', 'text', openings)
		if (text === null) return []
		const found = hexOf(sha256(new TextEncoder().encode(text.yaml)))
		return found === open.textSha256
			? []
			: [problem('CHARTER_TEXT', 'the charter text does not have the hash that the entry names')]
	}

	function tellEnrolment(
		{ id, subject }: LeafOf<'passkey.enrolled'>,
		openings: Readonly<Record<string, Opening>> | undefined,
	): StoryProblem[] {
		if (subject === null) return [problem('NO_PERSON', 'a passkey is enrolled for nobody')]
		counts.enrolments += 1
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
	}

	function tellRequest(
		{ subject, actor, open }: LeafOf<'request.filed'>,
		openings: Readonly<Record<string, Opening>> | undefined,
	): StoryProblem[] {
		if (requests.has(open.requestId)) return [problem('SECOND_FILING', 'this request is filed a second time')]
		if (subject === null || subject !== actor)
			return [problem('REQUESTER', 'a request is filed by somebody else than its requester')]
		const request = opened('request.filed', 'request', openings)
		requests.set(open.requestId, {
			requester: subject,
			role: open.role,
			durationSeconds: open.durationSeconds,
			stages: open.stages,
			charterEntry: open.charterEntry,
			sha256: request === null ? null : digestOf(request),
			sealed: request,
			approvals: open.stages.map(() => []),
			decided: new Set(),
			denied: false,
		})
		const problems = charters.has(open.charterEntry)
			? []
			: [problem('CHARTER_UNKNOWN', 'the request names a charter that was not in force before it')]
		if (request === null) return problems
		const isSame =
			request.requestId === open.requestId &&
			request.requesterId === subject &&
			request.role === open.role &&
			request.durationSeconds === open.durationSeconds &&
			request.charterTextSha256 === charters.get(open.charterEntry)
		return isSame
			? problems
			: [...problems, problem('REQUEST_DIFFERS', 'the opened request is not what the entry says')]
	}

	function tellDecision(
		leaf: LeafOf<'request.decided'>,
		openings: Readonly<Record<string, Opening>> | undefined,
	): StoryProblem[] {
		const { actor, subject, open } = leaf
		const request = requests.get(open.requestId)
		if (!request || actor === null)
			return [problem('REQUEST_UNKNOWN', 'a decision on a request that was not filed before')]
		const problems: StoryProblem[] = []
		if (subject !== request.requester)
			problems.push(problem('REQUESTER', 'the decision names another requester than the request'))
		if (actor === request.requester)
			problems.push(problem('OWN_REQUEST', 'somebody decides on their own request'))
		if (request.decided.has(actor))
			problems.push(problem('SAME_HUMAN_TWICE', 'one person decides twice on a request'))
		if (open.charterEntry !== request.charterEntry)
			problems.push(problem('CHARTER_DIFFERS', 'the decision is pinned to another charter than the request'))
		const stageOpen = request.denied
			? -1
			: request.approvals.findIndex((seats, i) => seats.length < (request.stages[i]?.quorum ?? 0))
		if (open.stage !== stageOpen)
			problems.push(problem('STAGE_ORDER', 'the decision is not in the stage that was open'))
		request.decided.add(actor)
		if (open.verdict === 'deny') request.denied = true
		else request.approvals[open.stage]?.push(actor)
		const evidence = opened('request.decided', 'evidence', openings)
		if (evidence === null) {
			counts.unopenedDecisions += 1
			return problems
		}
		counts.decisions += 1
		return [...problems, ...checkEvidence(leaf, request, evidence)]
	}

	function checkEvidence(
		{ actor, open, time }: LeafOf<'request.decided'>,
		request: FiledRequest,
		{ envelope, assertion }: z.infer<(typeof SEALED)['request.decided']['evidence']>,
	): StoryProblem[] {
		const enrolment = enrolments.get(open.credentialEntry)
		if (!enrolment)
			return [problem('CREDENTIAL_NOT_ENROLLED', 'the passkey was not enrolled in this log before it signed')]
		const problems: StoryProblem[] = []
		if (enrolment.person !== actor)
			problems.push(problem('CREDENTIAL_OF_ANOTHER', 'the passkey belongs to somebody else'))
		const isAgreed =
			envelope.requestId === open.requestId &&
			envelope.stage === open.stage &&
			envelope.verdict === open.verdict &&
			envelope.approverId === actor &&
			envelope.requesterId === request.requester &&
			envelope.role === request.role &&
			envelope.durationSeconds === request.durationSeconds &&
			envelope.charterTextSha256 === charters.get(open.charterEntry) &&
			(request.sha256 === null || envelope.requestSha256 === request.sha256) &&
			(request.sealed === null ||
				(envelope.entraRoleTemplateId === request.sealed.entraRoleTemplateId &&
					envelope.scope === request.sealed.scope))
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
		if (found !== null) problems.push(problem(`ASSERTION_${found}`, "the passkey's signature does not hold"))
		return problems
	}

	function tellSending({ open }: LeafOf<'grant.sending'>): StoryProblem[] {
		grants.set(open.grantId, {
			requestId: open.requestId,
			sentEndsAt: open.endsAt,
			startsAt: null,
			ended: false,
		})
		return quorumProblems(open.requestId)
	}

	function tellConfirmed({ subject, open }: LeafOf<'grant.confirmed'>): StoryProblem[] {
		counts.grants += 1
		const request = requests.get(open.requestId)
		const grant = grants.get(open.grantId)
		const problems = quorumProblems(open.requestId)
		if (!grant) return [...problems, problem('GRANT_UNSENT', 'a grant is confirmed that was never sent')]
		grant.startsAt = open.startsAt
		if (
			grant.requestId !== open.requestId ||
			grant.sentEndsAt !== open.endsAt ||
			request?.role !== open.role ||
			request.requester !== subject
		) {
			problems.push(problem('GRANT_DIFFERS', 'the confirmed grant is not the one that was approved and sent'))
		}
		const length = Date.parse(open.endsAt) - Date.parse(open.startsAt)
		if (request && length > request.durationSeconds * 1000 + CLOCK_TOLERANCE_MS) {
			problems.push(problem('GRANT_TOO_LONG', 'the grant lasts longer than was approved'))
		}
		return problems
	}

	function tellEnded({ open }: LeafOf<'grant.ended'>): StoryProblem[] {
		const grant = grants.get(open.grantId)
		if (!grant)
			return open.how === 'never_active' ? [] : [problem('GRANT_UNSENT', 'a grant ends that was never sent')]
		if (grant.ended) return [problem('ENDED_TWICE', 'a grant ends a second time')]
		grant.ended = true
		return []
	}

	/** Each stage needs its quorum of distinct people, none of them the requester. */
	function quorumProblems(requestId: string): StoryProblem[] {
		const request = requests.get(requestId)
		if (!request) return [problem('REQUEST_UNKNOWN', 'a grant for a request that was not filed before')]
		const isMet = request.stages.every(({ quorum }, i) => {
			const seats = new Set((request.approvals[i] ?? []).filter((person) => person !== request.requester))
			return seats.size >= quorum
		})
		return isMet && !request.denied ? [] : [problem('QUORUM', 'a grant without the quorum of every stage')]
	}

	return {
		tell,
		counts: () => ({ ...counts }),
		/** Grants that were confirmed and have no end in this log yet. */
		liveGrants: () =>
			[...grants.values()].filter(({ startsAt, ended }) => startsAt !== null && !ended).length,
	}
}

const problem = (code: string, message: string): StoryProblem => ({ code, message })
const hexOf = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

type Groups<K extends keyof typeof SEALED> = (typeof SEALED)[K]

/** The opened record of one group; null where the bundle leaves it sealed. Its commitment has been checked before. */
function opened<K extends keyof typeof SEALED & EntryKind, G extends keyof Groups<K> & string>(
	kind: K,
	group: G,
	openings: Readonly<Record<string, Opening>> | undefined,
): z.infer<Groups<K>[G] & z.ZodType> | null {
	const opening = openings?.[group]
	if (opening === undefined) return null
	const parsed = (SEALED[kind][group] as unknown as z.ZodType).safeParse(opening.record)
	return parsed.success ? (parsed.data as z.infer<Groups<K>[G] & z.ZodType>) : null
}
