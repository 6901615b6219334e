import { digestOf } from '../ledger/leaf.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'
import type { ApiScope } from '../people/api-scopes.ts'
import { opened, problem, type Openings, type StoryProblem } from './problem.ts'
import type { Signatures } from './signatures.ts'

type Token = {
	person: string | null
	scopes: readonly ApiScope[]
	expiresAt: string
	credentialEntry: string
	isRevoked: boolean
}

/**
 * The tokens that people let programs act with: each made by its owner with a passkey of theirs, and used by nobody else, for
 * what it may do, while it worked.
 */
export function createTokenStory(signatures: Pick<Signatures, 'check'>) {
	const tokens = new Map<string, Token>()
	const revokedPasskeys = new Set<string>()

	function checkEvidence(leaf: LeafOf<'api.token_made'>, openings: Openings): StoryProblem[] {
		const evidence = opened(leaf.kind, 'evidence', openings)
		if (evidence === null) return []
		const { actor, time, open } = leaf
		const { envelope, assertion } = evidence
		const name = opened(leaf.kind, 'token', openings)?.name ?? null
		const isAgreed =
			envelope.tokenId === open.tokenId &&
			envelope.personId === actor &&
			envelope.endsAt === open.expiresAt &&
			envelope.scopes.join() === open.scopes.join() &&
			(name === null || envelope.nameSha256 === digestOf({ nonce: envelope.nonce, name }))
		const { credentialEntry } = open
		return signatures.check({ actor, time, credentialEntry, envelope, assertion, isAgreed })
	}

	return {
		tellMade(leaf: LeafOf<'api.token_made'>, openings: Openings): StoryProblem[] {
			const { open, subject, actor } = leaf
			const problems: StoryProblem[] = []
			if (tokens.has(open.tokenId)) problems.push(problem('SECOND_TOKEN', 'a token is made a second time'))
			if (subject === null || subject !== actor)
				problems.push(problem('TOKEN_OF_ANOTHER', 'a token is made or used by somebody else than its owner'))
			const { scopes, expiresAt, credentialEntry } = open
			tokens.set(open.tokenId, { person: subject, scopes, expiresAt, credentialEntry, isRevoked: false })
			return [...problems, ...checkEvidence(leaf, openings)]
		},
		tellRevoked({ open, subject }: LeafOf<'api.token_revoked'>): StoryProblem[] {
			const token = tokens.get(open.tokenId)
			if (token?.person !== subject) return [unknown]
			token.isRevoked = true
			return []
		},
		/** A token is worth nothing once the passkey that signed for it is revoked. */
		tellPasskeyRevoked({ open }: LeafOf<'passkey.revoked'>): void {
			revokedPasskeys.add(open.credentialEntry)
		},
		/** Whether a program could do this by a token; nothing is said of what people did themselves. */
		used(
			{ actor, time, open }: { actor: string | null; time: string; open: { tokenId?: string | undefined } },
			scope: ApiScope,
		): StoryProblem[] {
			if (open.tokenId === undefined) return []
			const token = tokens.get(open.tokenId)
			if (token === undefined) return [unknown]
			const problems: StoryProblem[] = []
			if (token.person !== actor)
				problems.push(problem('TOKEN_OF_ANOTHER', 'a token is made or used by somebody else than its owner'))
			if (token.isRevoked || time >= token.expiresAt || revokedPasskeys.has(token.credentialEntry))
				problems.push(problem('TOKEN_OVER', 'a token is used that did not work any more'))
			if (!token.scopes.includes(scope))
				problems.push(problem('TOKEN_SCOPE', 'a token is used for what it was not made for'))
			return problems
		},
	}
}

const unknown = problem('TOKEN_UNKNOWN', 'a token is used or revoked that was not made before')
