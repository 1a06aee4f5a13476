//! The files that a new project starts with.

use qc_proto::Language;

const MAIN_PY: &str = "\
# region imports
from AlgorithmImports import *
# endregion


class NewAlgorithm(QCAlgorithm):

    def initialize(self):
        self.set_start_date(2024, 1, 1)
        self.set_cash(100_000)
        self.add_equity(\"SPY\", Resolution.MINUTE)

    def on_data(self, data: Slice):
        if not self.portfolio.invested:
            self.set_holdings(\"SPY\", 1)
";

const MAIN_CS: &str = "\
using QuantConnect.Data;

namespace QuantConnect.Algorithm.CSharp
{
    public class NewAlgorithm : QCAlgorithm
    {
        public override void Initialize()
        {
            SetStartDate(2024, 1, 1);
            SetCash(100000);
            AddEquity(\"SPY\", Resolution.Minute);
        }

        public override void OnData(Slice data)
        {
            if (!Portfolio.Invested)
            {
                SetHoldings(\"SPY\", 1);
            }
        }
    }
}
";

const NOTEBOOK: &str =
    "{\"cells\": [], \"metadata\": {}, \"nbformat\": 4, \"nbformat_minor\": 2}\n";

pub(crate) fn files(language: Language) -> [(&'static str, &'static str); 2] {
    match language {
        Language::Python => [("main.py", MAIN_PY), ("research.ipynb", NOTEBOOK)],
        Language::CSharp => [("Main.cs", MAIN_CS), ("Research.ipynb", NOTEBOOK)],
    }
}
