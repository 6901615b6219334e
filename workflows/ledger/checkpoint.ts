import { fromBase64, sameBytes, sha256, toBase64, utf8ToBytes } from '../shared/bytes.ts'
import {
	assembleNote,
	openNote,
	parseVkey,
	signNote,
	verifyEd25519,
	type VerifyEd25519,
} from './signed-note.ts'

export type TreeHead = { origin: string; size: number; root: Uint8Array }

const HASH_BYTES = 32

/** The body of a checkpoint: origin, size and root, one a line (C2SP tlog-checkpoint; we write no extension lines). */
export function checkpointBody({ origin, size, root }: TreeHead): string {
	if (!Number.isSafeInteger(size) || size < 0)
		throw new RangeError('A tree size is a whole number up to 2^53 - 1.')
	if (root.length !== HASH_BYTES) throw new RangeError('A root is 32 bytes long.')
	return `${origin}\n${size}\n${toBase64(root)}\n`
}

/** Reads a checkpoint body, extension lines allowed; null when malformed. Size 0 must carry the empty root. */
export function parseCheckpointBody(body: string): (TreeHead & { extensions: string[] }) | null {
	if (!body.endsWith('\n')) return null
	const [origin, sizeText, rootText, ...extensions] = body.slice(0, -1).split('\n')
	if (!origin || sizeText === undefined || rootText === undefined) return null
	if (!/^(0|[1-9][0-9]{0,15})$/.test(sizeText) || extensions.includes('')) return null
	const size = Number(sizeText)
	const root = fromBase64(rootText)
	if (!Number.isSafeInteger(size) || root?.length !== HASH_BYTES) return null
	if (size === 0 && !sameBytes(root, sha256(new Uint8Array()))) return null
	return { origin, size, root, extensions }
}

/** Signs a tree head with the log's key, whose name is the origin. */
export function signCheckpoint(
	head: TreeHead,
	{ publicKey, sign }: { publicKey: Uint8Array; sign: (bytes: Uint8Array) => Uint8Array },
): string {
	return signNote(checkpointBody(head), { name: head.origin, publicKey, sign })
}

/** A key that signs somewhere else: in a file, an HSM, another machine. */
export type RemoteKey = {
	vkey: string
	publicKey: Uint8Array
	/** Ed25519 over the bytes. */
	sign: (bytes: Uint8Array) => Promise<Uint8Array>
}

/**
 * Signs a tree head with every one of these keys, whose names are the origin. No signature is taken on trust: rejects
 * when one does not verify with its key.
 */
export async function signHead(
	head: TreeHead,
	keys: readonly RemoteKey[],
	verify: VerifyEd25519 = verifyEd25519,
): Promise<string> {
	const body = checkpointBody(head)
	const message = utf8ToBytes(body)
	const signatures = await Promise.all(
		keys.map(async ({ vkey, publicKey, sign }) => {
			const signature = await sign(message)
			if (signature.length !== 64 || !verify(signature, message, publicKey))
				throw new WrongSignature(
					`What was returned is no signature by ${vkey}: nothing was signed. See that the signer holds the private key of exactly this verifier key.`,
				)
			return { name: head.origin, publicKey, signature }
		}),
	)
	return assembleNote(body, signatures)
}

/** A signer returned something that is not a signature by its key. */
export class WrongSignature extends Error {
	override readonly name = 'WrongSignature'
}

/** The tree head when this checkpoint is signed by the log with this verifier key; null otherwise. */
export function openCheckpoint(note: string, vkey: string, verify?: VerifyEd25519): TreeHead | null {
	const key = parseVkey(vkey)
	if (key === null) return null
	const body = openNote(note, [key], verify)
	const head = body === null ? null : parseCheckpointBody(body)
	return head?.origin === key.name ? { origin: head.origin, size: head.size, root: head.root } : null
}
