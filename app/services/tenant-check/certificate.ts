import type { AppCertificate } from '#app/integrations/graph/certificates.ts'
import { WARNED_DAYS } from '#workflows/tenant/certificate-warnings.ts'
import { ok, warning, wrong, type Finding } from './finding.ts'

const DAY_MS = 86_400_000
const ADMIN = 'tenant administrator'
const NAMES = { application: 'the application', killSwitch: 'the kill switch' } as const

/** How long a certificate still lasts: an error once it has ended, a warning in its last thirty days. */
export function judgeCertificate({ of, endsAt }: AppCertificate, now: Date): Finding {
	const about = `certificate of ${NAMES[of]}`
	const day = endsAt.toISOString().slice(0, 10)
	const days = Math.floor((endsAt.getTime() - now.getTime()) / DAY_MS)
	const fix = 'Register a new one beside it and set its file.'
	if (endsAt <= now) return wrong(about, `It ended on ${day}. ${fix}`, ADMIN)
	if (days < WARNED_DAYS[0]) return warning(about, `It ends on ${day}, in ${days} days. ${fix}`, ADMIN)
	return ok(about, `It is valid until ${day}.`)
}
