//! The berths and the cargo.

use wasmtime::component::Resource;

use crate::harbour::bindings::almanac::tides0_2_0::tables::{HostTable as _, Tide};
use crate::harbour::bindings::harbour::control::berths::{BerthError, MooringOptions, Receipt, SurveyOptions};
use crate::harbour::bindings::harbour::control::cargo::{
    Crate, CustomsDetail, CustomsError, Finding, Goods, Hazards, Hold,
};
use crate::harbour::bindings::harbour::control::types::Error;
use crate::harbour::bindings::harbour::control::vessels::HostVessel as _;
use crate::harbour::bindings::harbour::control::{berths, cargo};
use crate::harbour::{Extra, Harbour, Mooring, Table, Vessel};

impl berths::HostExtraMooringOptions for Harbour {
    fn drop(&mut self, extra: Resource<Extra>) -> wasmtime::Result<()> {
        self.things.delete(extra)?;
        Ok(())
    }
}

impl berths::HostMooring for Harbour {
    fn berth(&mut self, mooring: Resource<Mooring>) -> u16 {
        self.get(&mooring).berth
    }

    fn waited_ms(&mut self, _: Resource<Mooring>) -> u64 {
        90_500
    }

    fn terms(&mut self, mooring: Resource<Mooring>) -> String {
        self.get(&mooring).terms.clone()
    }

    fn drop(&mut self, mooring: Resource<Mooring>) -> wasmtime::Result<()> {
        self.things.delete(mooring)?;
        Ok(())
    }
}

impl berths::Host for Harbour {
    fn moor(
        &mut self,
        vessel: Resource<Vessel>,
        berth: u16,
        options: MooringOptions,
    ) -> Result<Resource<Mooring>, BerthError> {
        let MooringOptions {
            side,
            lines,
            urgent,
            mark,
            greeting,
            draught,
            services,
            tug,
            stay,
            came_with,
            order,
            extra,
        } = options;
        match berth {
            0 => return Err(BerthError::Harbour(Error::NotFound)),
            13 => return Err(BerthError::Taken("the ghost".to_owned())),
            99 => return Err(BerthError::TooShallow((1.5, draught))),
            _ => {}
        }
        let tug = tug.map(|tug| self.name_of(&tug));
        assert!(extra.is_none(), "nothing makes these");
        let name = self.name_of(&vessel);
        let terms = format!(
            "{name} {} {lines} {urgent} {mark} {greeting} {draught} {services:?} {tug:?} {stay:?} {came_with:?} {order:?}",
            side.name()
        );
        Ok(self.add(Mooring { berth, terms }))
    }

    fn survey(&mut self, berth: u16, options: SurveyOptions) -> Result<f32, BerthError> {
        let rope = self.name_of(&options.rope);
        self.note("survey", (berth, options.surveyor, rope, options.depth));
        Ok(options.depth.unwrap_or(7.25))
    }

    fn cast_off(&mut self, mooring: Resource<Mooring>) -> Result<Receipt, BerthError> {
        let Mooring { berth, terms } = self.take(mooring);
        Ok(Receipt { berth, cents: 1 << 40, words: terms })
    }

    fn swap(
        &mut self,
        first: Resource<Mooring>,
        second: Option<Resource<Mooring>>,
    ) -> Result<(Resource<Mooring>, Option<Resource<Mooring>>), BerthError> {
        let first = self.take(first);
        let second = second.map(|second| self.take(second));
        let berth = second.as_ref().map_or(first.berth + 1, |second| second.berth);
        let moved = second.map(|second| self.add(Mooring { berth: first.berth, ..second }));
        Ok((self.add(Mooring { berth, ..first }), moved))
    }

    fn own_table(&mut self) -> Resource<Table> {
        self.add(Table("harbour".to_owned()))
    }

    fn consult(&mut self, table: Resource<Table>, other: Option<Resource<Table>>) -> Option<Tide> {
        self.next(other.unwrap_or(table), 100)
    }

    fn give_back(&mut self, table: Resource<Table>) -> String {
        self.take(table).0
    }
}

impl cargo::Host for Harbour {
    fn declare(
        &mut self,
        vessel: Resource<Vessel>,
        crates: Vec<Crate>,
        note: Option<Crate>,
    ) -> Result<Vec<Crate>, CustomsError> {
        self.note("declare", (&crates, &note));
        let held = |detail, error| Err(CustomsError { detail, error });
        match self.name_of(&vessel).as_str() {
            "smuggler" => {
                let finding = Finding { mark: "X".to_owned(), kilos: Some(3) };
                held(Some(CustomsDetail::Contraband(finding)), Error::Refused)
            }
            "sick" => held(Some(CustomsDetail::Quarantine), Error::Refused),
            "ghost" => held(None, Error::NotFound),
            _ => Ok(crates.into_iter().chain(note).collect()),
        }
    }

    fn unload(&mut self, _: Resource<Vessel>) -> Result<Vec<Hold>, CustomsError> {
        let item = Crate {
            mark: "tea".to_owned(),
            kilos: 40,
            hazards: Hazards::FIRE | Hazards::WATER,
            opened: Some(Err("by rats".to_owned())),
        };
        let goods = [
            Goods::Nothing,
            Goods::Bulk(12.5),
            Goods::Crates(vec![item]),
            Goods::Livestock(("goats".to_owned(), 12)),
            Goods::Boat(self.vessel("dinghy")),
            Goods::Boats(vec![self.vessel("raft"), self.vessel("canoe")]),
        ];
        let escort = self.vessel("cutter");
        let mut holds: Vec<_> = (1..).zip(goods).map(|(number, goods)| Hold { number, goods, escort: None }).collect();
        holds.extend([Hold { number: 9, goods: Goods::Nothing, escort: Some(escort) }]);
        Ok(holds)
    }

    fn recover(&mut self, call_signs: Vec<String>) -> Vec<Result<Resource<Vessel>, Error>> {
        call_signs.into_iter().map(|call_sign| self.find(call_sign)).collect()
    }
}
