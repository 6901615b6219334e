import { concatBytes, utf8ToBytes } from '../shared/bytes.ts'
import { parseCheckpointBody } from './checkpoint.ts'
import {
	COSIGNER_KEY,
	keyIdOf,
	parseVkey,
	signatureLine,
	verifyEd25519,
	vkeyOf,
	type NoteKey,
	type VerifyEd25519,
} from './signed-note.ts'

const HEADER = 'cosignature/v1'
const TIME_BYTES = 8
const SIGNATURE_BYTES = 64

/** The verifier key line of a witness (type 0x04), which a policy names. */
export const cosignerVkeyOf = (name: string, publicKey: Uint8Array): string =>
	vkeyOf(name, publicKey, COSIGNER_KEY)

/** Reads it; null for anything else, the key of a log included. */
export const parseCosignerVkey = (text: string): NoteKey | null => parseVkey(text, COSIGNER_KEY)

/**
 * What a witness signs of a checkpoint (C2SP tlog-cosignature, Ed25519): a header, the time in seconds since 1970, and the
 * whole body, extension lines included. Its meaning: as of that time, this is the largest consistent tree of this origin
 * that the witness has seen.
 */
export function cosignedMessage(body: string, seconds: number): Uint8Array {
	return utf8ToBytes(`${HEADER}\ntime ${seconds}\n${body}`)
}

/** The signature line of a witness over a checkpoint's body. The message does not name the witness: one key, one name. */
export function cosign(
	body: string,
	seconds: number,
	{ name, publicKey, sign }: { name: string; publicKey: Uint8Array; sign: (bytes: Uint8Array) => Uint8Array },
): string {
	if (parseCheckpointBody(body) === null) throw new TypeError('A witness signs checkpoints and nothing else.')
	if (!Number.isSafeInteger(seconds) || seconds < 0)
		throw new RangeError('The time of a cosignature is a whole number of seconds since 1970.')
	const time = new Uint8Array(TIME_BYTES)
	new DataView(time.buffer).setBigUint64(0, BigInt(seconds))
	const signature = concatBytes(time, sign(cosignedMessage(body, seconds)))
	return signatureLine({ name, id: keyIdOf(name, publicKey, COSIGNER_KEY), signature })
}

/**
 * The time, in seconds since 1970, that this witness signed for this body; null when it did not. Times from 2^53 on are
 * refused: no clock says so.
 */
export function cosignatureTime(
	body: string,
	signature: Uint8Array,
	{ publicKey }: NoteKey,
	verify: VerifyEd25519 = verifyEd25519,
): number | null {
	if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return null
	const time = new DataView(signature.buffer, signature.byteOffset, TIME_BYTES).getBigUint64(0)
	if (time > BigInt(Number.MAX_SAFE_INTEGER)) return null
	const seconds = Number(time)
	return verify(signature.slice(TIME_BYTES), cosignedMessage(body, seconds), publicKey) ? seconds : null
}
