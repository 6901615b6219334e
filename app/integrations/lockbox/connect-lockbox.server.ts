import type { Provider } from '#workflows/lockbox/providers.ts'
import type { LockboxConfig } from '../../config-lockbox.server.ts'
import type { LockboxPort } from '../lockbox-port.ts'
import { connectArm, type ArmConnection } from './azure-arm.server.ts'
import { connectM365 } from './m365-endpoint.server.ts'

/**
 * The interface to each provider; null where there is none, and a person carries what is asked and answered. The sandbox
 * stands in for Azure only where there is no tenant (`sandboxArmUrl`).
 */
export function connectLockbox(
	{ azure, m365 }: Pick<LockboxConfig, 'azure' | 'm365'>,
	tenant: Omit<ArmConnection, 'armUrl'>,
	sandboxArmUrl: string | null,
	{ newId, now }: { newId: () => string; now: () => Date },
): Readonly<Record<Provider, LockboxPort | null>> {
	const armUrl = tenant.kind === 'sandbox' ? sandboxArmUrl : (azure?.armUrl ?? null)
	return {
		azure: armUrl === null ? null : connectArm({ ...tenant, armUrl }, newId),
		m365: m365 === null ? null : connectM365(m365, now),
		other: null,
	}
}
