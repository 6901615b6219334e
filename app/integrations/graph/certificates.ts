import { X509Certificate } from 'node:crypto'
import type { AppIdentity } from './credentials.server.ts'

/** A certificate by which an application shows itself to the tenant, and until when the tenant takes it. */
export type AppCertificate = { of: 'application' | 'killSwitch'; endsAt: Date }

const BEGIN = '-----BEGIN CERTIFICATE-----'

/** Until when the first certificate of a PEM text is valid; null where there is none that can be read: the tenant will say so. */
export function endOfCertificate(pem: string): Date | null {
	const at = pem.indexOf(BEGIN)
	if (at === -1) return null
	try {
		const end = new Date(new X509Certificate(pem.slice(at)).validTo)
		return Number.isNaN(end.getTime()) ? null : end
	} catch {
		// No certificate: asking for a token fails with the reason.
		return null
	}
}

/** Those of the applications that show themselves by one. */
export function certificatesOf(identity: AppIdentity, killSwitch: AppIdentity | null): AppCertificate[] {
	const found: AppCertificate[] = []
	for (const [of, each] of [
		['application', identity],
		['killSwitch', killSwitch],
	] as const) {
		const endsAt = each?.by === 'certificate' ? endOfCertificate(each.certificatePem) : null
		if (endsAt !== null) found.push({ of, endsAt })
	}
	return found
}
