import type { WebhookRow } from '#db/queries/webhooks.ts'
import type { Deps } from '../deps.ts'

/** What the address is encrypted for: it opens in the row of its own webhook alone. */
const bound = (webhookId: string) => ({ fileId: webhookId, personId: 'webhook' })

/** The address of a webhook as columns that hold it encrypted: it is often a key itself. */
export function sealAddress({ evidence }: Pick<Deps, 'evidence'>, webhookId: string, url: string) {
	const { keyId, nonce, tag, bytes } = evidence.seal(new TextEncoder().encode(url), bound(webhookId))
	return { urlKeyId: keyId, urlNonce: nonce, urlTag: tag, urlBytes: bytes }
}

export function openAddress(
	{ evidence }: Pick<Deps, 'evidence'>,
	{ id, urlKeyId, urlNonce, urlTag, urlBytes }: WebhookRow,
): string {
	const sealed = { keyId: urlKeyId, nonce: urlNonce, tag: urlTag, bytes: urlBytes }
	return new TextDecoder().decode(evidence.open(sealed, bound(id)))
}
