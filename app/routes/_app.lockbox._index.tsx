import type { LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData, useSearchParams } from '@remix-run/react'
import { LockboxSources, LockboxTable } from '#app/components/lockbox-table.tsx'
import { Icon } from '#app/components/ui/icon.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requireActor } from '#app/utils/guards.server.ts'
import { handled, queryOf } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'
import { useLive } from '#app/utils/use-live.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	const before = Number(queryOf(args.request)('before'))
	return handled(async () => ({
		list: await args.context.services.lockbox.list(
			actor,
			Number.isSafeInteger(before) && before > 0 ? { before } : {},
		),
	}))
}

export const meta = titled('titles.lockbox')

export default function LockboxPage() {
	const { t } = useWords()
	const { list } = useLoaderData<typeof loader>()
	const [search] = useSearchParams()
	useLive(5000)
	const { waiting, access, ended } = list
	const headline =
		waiting.length === 0
			? t(list.isOwnOnly ? 'lockbox.headNoneOwn' : 'lockbox.headNone')
			: t('lockbox.headWaiting', { count: waiting.length })
	const opened =
		access.length === 0 ? t('lockbox.headNoneOpen') : t('lockbox.headOpen', { count: access.length })
	const [count, fresh] = (search.get('imported') ?? '').split(' ').map(Number)
	return (
		<>
			<div className="head">
				<h1>{headline}</h1>
				{list.mayAsk ? (
					<Link className="button" to="/lockbox/new">
						{t('lockbox.bring')}
					</Link>
				) : null}
			</div>
			<p className="muted">{t(list.isOwnOnly ? 'lockbox.leadOwn' : 'lockbox.lead')}</p>
			{count === undefined || fresh === undefined || Number.isNaN(fresh) ? null : (
				<p className="notice notice-good">{t('lockbox.imported', { count, fresh })}</p>
			)}
			{list.isOffered ? null : <p className="notice">{t('lockbox.notOffered')}</p>}
			<div className="stack">
				<LockboxTable caption={headline} empty={t('lockbox.noneWaiting')} requests={waiting} />
				<section className="stack">
					<h2 className={access.some(({ isOutOfBand }) => isOutOfBand) ? 'notice notice-alarm' : ''}>
						{access.some(({ isOutOfBand }) => isOutOfBand) ? <Icon name="alarm" /> : null} {opened}
					</h2>
					<LockboxTable caption={opened} empty={t('lockbox.noneOpen')} requests={access} />
				</section>
				<section className="stack">
					<h2>{t('lockbox.headEnded')}</h2>
					<LockboxTable
						caption={t('lockbox.headEnded')}
						empty={t('lockbox.noneEnded')}
						requests={ended}
						isOver
					/>
					{list.next === null ? null : (
						<p>
							<Link to={`?before=${list.next}`}>{t('lockbox.more')}</Link>
						</p>
					)}
				</section>
				{list.mayRecord ? <LockboxSources boundaries={list.boundaries} /> : null}
			</div>
		</>
	)
}
